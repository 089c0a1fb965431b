// The days of a month, one a line.
import { m } from '@beside/kit/paraglide/messages.js';

import type { Figures, Statistics } from '../../../generated/api.ts';
import { count, duration, percent, shortDate, weekday } from '../../format.ts';
import type { Row } from './graphs.ts';

const lasted = (ms: number | undefined): string => (ms === undefined ? '–' : duration(ms));

function directly({ direct, both, relayed }: Figures): string {
  const carried = direct + both + relayed;
  return carried === 0 ? '–' : percent(direct / carried);
}

const columns: [name: () => string, of: (figures: Figures) => string][] = [
  [m.graph_attempts, ({ sessions }) => count(sessions)],
  [m.graph_accepted, ({ accepted }) => count(accepted)],
  [m.graph_began, ({ began }) => count(began)],
  [m.graph_waiting_half, ({ waiting }) => lasted(waiting?.median_ms)],
  [m.graph_duration_half, ({ duration }) => lasted(duration?.median_ms)],
  [m.path_direct, directly],
  [m.graph_refused, ({ sign_ins_refused }) => count(sign_ins_refused)],
];

/** Monday is 0 there, and Sunday is here. */
const dayOf = (at: number): string => weekday((new Date(at).getDay() + 6) % 7);

export function daysOf({ buckets }: Statistics): { head: string[]; rows: Row[] } {
  const said = (text: string) => ({ text, raw: text });
  return {
    head: [m.bucket_day(), ...columns.map(([name]) => name())],
    rows: buckets.map(({ from, figures }) => ({
      cells: [said(`${shortDate(from)} ${dayOf(from)}`), ...columns.map(([, of]) => said(of(figures)))],
    })),
  };
}
