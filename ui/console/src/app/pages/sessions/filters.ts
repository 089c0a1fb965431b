// Which sessions: the filters as the address bar has them, and as the broker is asked.
import type { EndReason } from '@beside/kit/generated/EndReason.ts';
import type { Felt } from '@beside/kit/generated/Felt.ts';
import { feltAll } from '@beside/kit/words/felt.ts';

import type { operations, Outcome } from '../../../generated/api.ts';
import { timeZone } from '../../format.ts';
import { readSpan, type Span } from '../../time/periods.ts';
import { isCarried, isEndReason, isOutcome, type Carried } from '../../words/sessions.ts';

/** An hour of the week: what a cell of the heat map is. */
export interface Cell {
  /** From 0 for Monday. */
  weekday: number;
  hour: number;
}

export interface Filters {
  /** Any time without it. */
  span: Span | null;
  /** Only with a span. */
  cell: Cell | null;
  /** An operator's id. */
  operator: string;
  /** A group's id. */
  group: string;
  /** A customer's name, or words of it. */
  customer: string;
  /** The ID of a customer's computer, or `none`. */
  device: string;
  end: EndReason | '';
  outcome: Outcome | '';
  carried: Carried | '';
  felt: Felt | '';
  tag: string;
}

type Asked = NonNullable<operations['GET /sessions']['parameters']['query']>;

/** What stands in the address bar for a filter that leaves everything in. */
export const NO_FILTERS = {
  period: '',
  from: '',
  before: '',
  weekday: '',
  hour: '',
  operator: '',
  group: '',
  customer: '',
  device: '',
  end: '',
  outcome: '',
  carried: '',
  felt: '',
  tag: '',
};

const isFelt = (text: string): text is Felt => feltAll.some((felt) => felt === text);

/** What the address bar says; what it doesn't know is left out. */
export function readFilters(query: URLSearchParams, now: number): Filters {
  const text = (name: string) => query.get(name) ?? '';
  const one = <T extends string>(name: string, is: (text: string) => text is T): T | '' =>
    is(text(name)) ? (text(name) as T) : '';
  const span = readSpan(query, now);
  return {
    span,
    cell: span && cellOf(text('weekday'), text('hour')),
    operator: text('operator'),
    group: text('group'),
    customer: text('customer'),
    device: text('device'),
    end: one('end', isEndReason),
    outcome: one('outcome', isOutcome),
    carried: one('carried', isCarried),
    felt: one('felt', isFelt),
    tag: text('tag'),
  };
}

function cellOf(weekday: string, hour: string): Cell | null {
  const fits = /^[0-6]$/u.test(weekday) && /^\d{1,2}$/u.test(hour) && Number(hour) < 24;
  return fits ? { weekday: Number(weekday), hour: Number(hour) } : null;
}

/** The filters as the list and the export take them. */
export function askedFor({ span, cell, ...texts }: Filters): Asked {
  const set = Object.entries(texts).map(([name, text]) => [name, text.trim()] as const);
  return {
    ...(span && { from: span.from, before: span.before }),
    ...(cell && { ...cell, zone: timeZone() }),
    ...Object.fromEntries(set.filter(([, text]) => text !== '')),
  };
}

export const isFiltered = (filters: Filters): boolean => Object.keys(askedFor(filters)).length > 0;

/** A computer's ID as a person types it: twelve digits of Crockford's base 32, in groups or not. */
export function deviceOf(text: string): string | null {
  const digits = text.toUpperCase().replaceAll(/[\s-]/gu, '').replaceAll('O', '0').replaceAll(/[IL]/gu, '1');
  return /^[0-9A-HJKMNP-TV-Z]{12}$/u.test(digits) ? digits.replaceAll(/(.{4})(?=.)/gu, '$1-') : null;
}
