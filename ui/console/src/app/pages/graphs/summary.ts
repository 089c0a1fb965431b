// The month in a handful of figures, each beside the month before.
import { m } from '@beside/kit/paraglide/messages.js';

import type { Figures } from '../../../generated/api.ts';
import { count, duration, percent } from '../../format.ts';

export interface Figure {
  id: string;
  name: string;
  value: string;
  /** As it was the month before; empty where there was nothing. */
  before: string;
}

const share = (part: number, whole: number): string | null => (whole === 0 ? null : percent(part / whole));
const lasted = (ms: number | undefined): string | null => (ms === undefined ? null : duration(ms));

const figures: [id: string, name: () => string, of: (figures: Figures) => string | null][] = [
  ['sessions', m.report_sessions, ({ sessions }) => count(sessions)],
  ['customers', m.report_customers, ({ customers }) => (customers == null ? null : count(customers))],
  ['began', m.report_began, ({ began, sessions }) => share(began, sessions)],
  ['waiting', m.report_waited, ({ waiting }) => lasted(waiting?.median_ms)],
  ['duration', m.report_lasted, ({ duration }) => lasted(duration?.median_ms)],
  [
    'solved',
    m.report_solved,
    ({ outcomes: { solved, call_back, unsolved } }) => share(solved, solved + call_back + unsolved),
  ],
  ['good', m.report_good, ({ ratings: { good, fair, poor } }) => share(good, good + fair + poor)],
  ['direct', m.report_direct, ({ direct, both, relayed }) => share(direct, direct + both + relayed)],
  ['refused', m.report_refused, ({ sign_ins_refused }) => count(sign_ins_refused)],
];

export const summaryOf = (month: Figures, before: Figures): Figure[] =>
  figures.map(([id, name, of]) => {
    const earlier = before.sessions === 0 && before.sign_ins === 0 ? null : of(before);
    return {
      id,
      name: name(),
      value: of(month) ?? '–',
      before: earlier === null ? '' : m.report_of({ value: earlier }),
    };
  });
