// Spans of time as people name them, in the reader's own zone. All times are Unix milliseconds.

export const periods = ['today', 'yesterday', '7d', '28d', '90d', 'month', 'last_month', 'year'] as const;
export type Period = (typeof periods)[number];

/** From the first moment to before the last. */
export interface Span {
  from: number;
  before: number;
}

export const buckets = ['hour', 'day', 'week', 'month'] as const;
export type Bucket = (typeof buckets)[number];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Bars of a graph, at most and at least: what is more can't be told apart, and what is less says nothing. */
const BARS_MOST = 400;
const LENGTH: Record<Bucket, number> = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };

export const isPeriod = (text: string | null): text is Period => periods.some((period) => period === text);
export const isBucket = (text: string | null): text is Bucket => buckets.some((bucket) => bucket === text);

/** Midnight before `at`, or so many days later. */
export function dayStart(at: number, days = 0): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
}

/** The first of the month of `at`, or so many months later. */
export function monthStart(at: number, months = 0): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth() + months).getTime();
}

/** What a period means at `now`: whole days, the running one with them. */
export function spanOf(period: Period, now: number): Span {
  const days = (count: number) => ({ from: dayStart(now, 1 - count), before: dayStart(now, 1) });
  switch (period) {
    case 'today':
      return days(1);
    case 'yesterday':
      return { from: dayStart(now, -1), before: dayStart(now) };
    case '7d':
      return days(7);
    case '28d':
      return days(28);
    case '90d':
      return days(90);
    case 'month':
      return { from: monthStart(now), before: dayStart(now, 1) };
    case 'last_month':
      return { from: monthStart(now, -1), before: monthStart(now) };
    case 'year':
      return { from: monthStart(now, -11), before: dayStart(now, 1) };
  }
}

/** Steps in which a span can be drawn: as many bars as can be told apart, and more than one if there is a choice. */
export function bucketsFor({ from, before }: Span): Bucket[] {
  const bars = (bucket: Bucket) => (before - from) / LENGTH[bucket];
  const fitting = buckets.filter((bucket) => bars(bucket) <= BARS_MOST && bars(bucket) > 1.5);
  return fitting.length > 0 ? fitting : [before - from <= DAY ? 'hour' : 'month'];
}

/** The step that shows most without being crowded. */
export function usualBucket(span: Span): Bucket {
  const fitting = bucketsFor(span);
  return fitting.find((bucket) => (span.before - span.from) / LENGTH[bucket] <= 62) ?? fitting.at(-1) ?? 'month';
}

/** `2026-11-21`, as a field for dates takes it. */
export function dateText(at: number): string {
  const day = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** `2026-11`. */
export const monthText = (at: number): string => dateText(at).slice(0, 7);

/** The month that a text such as `2026-11` names; nothing for what names none. */
export function monthSpan(text: string | null): Span | null {
  const from = dateStart(`${text ?? ''}-01`);
  return from === null ? null : { from, before: monthStart(from, 1) };
}

/** Midnight at the start of a date; nothing for what is none. */
export function dateStart(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const start = new Date(year, month - 1, day);
  return start.getMonth() === month - 1 && start.getDate() === day ? start.getTime() : null;
}

/** Whether a span is of whole days. */
export const isWholeDays = ({ from, before }: Span): boolean => dayStart(from) === from && dayStart(before) === before;

/** The last day of a span that ends at a midnight. */
export const lastDay = ({ before }: Span): number => dayStart(before - 1);

/** A span as the address bar has it: a period by its name, or two times. Nothing where there is none. */
export function readSpan(query: URLSearchParams, now: number): Span | null {
  const period = query.get('period');
  if (isPeriod(period)) return spanOf(period, now);
  const [from, before] = [time(query.get('from')), time(query.get('before'))];
  return from !== null && before !== null && from < before ? { from, before } : null;
}

/** The query of a span that no period names. */
export const spanQuery = ({ from, before }: Span): { from: string; before: string } => ({
  from: String(from),
  before: String(before),
});

function time(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/u.test(text) ? Number(text) : null;
}
