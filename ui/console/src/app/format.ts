// Numbers and times as the reader writes them, in the reader's own time zone.
import { getLocale } from '@beside/kit/paraglide/runtime.js';
import { clockText } from '@beside/kit/time.ts';

/** The IANA name, for the broker. */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `Korean Standard Time`, for people. */
export function timeZoneName(at: number = Date.now()): string {
  const parts = new Intl.DateTimeFormat(getLocale(), { timeZoneName: 'long' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone();
}

const of = (at: number, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(getLocale(), { hourCycle: 'h23', ...options }).format(at);

/** `21 Nov 2026, 14:05`. */
export const dateTime = (at: number): string => of(at, { dateStyle: 'medium', timeStyle: 'short' });

/** `11/21, 14:05`, with the year where it is not this one. */
export function shortTime(at: number, now: number = Date.now()): string {
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : '2-digit';
  return of(at, { year, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
}

/** `14:05:32`. */
export const exactTime = (at: number): string => of(at, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `14:05`. */
export const clockTime = (at: number): string => of(at, { hour: '2-digit', minute: '2-digit' });

/** `21 Nov 2026`. */
export const date = (at: number): string => of(at, { dateStyle: 'medium' });

/** `21 Nov`. */
export const shortDate = (at: number): string => of(at, { month: 'short', day: 'numeric' });

/** `11/26`. */
export const shortMonth = (at: number): string => of(at, { year: '2-digit', month: '2-digit' });

/** `November 2026`; the time is within the month in UTC. */
export const monthName = (at: number): string => of(at, { year: 'numeric', month: 'long', timeZone: 'UTC' });

/** `November 2026`; the time is within the month in the reader's zone. */
export const localMonthName = (at: number): string => of(at, { year: 'numeric', month: 'long' });

/** `Tue`, from 0 for Monday. */
export function weekday(day: number, width: 'short' | 'long' = 'short'): string {
  // The fifth of January 1970 was a Monday.
  return of((4 + day) * 86_400_000, { weekday: width, timeZone: 'UTC' });
}

/** `12,345`. */
export const count = (value: number): string => new Intl.NumberFormat(getLocale()).format(value);

/** `12%`, of a part from 0 to 1. */
export const percent = (part: number): string =>
  new Intl.NumberFormat(getLocale(), { style: 'percent', maximumFractionDigits: 0 }).format(part);

/** `+12%` or `−3%`. */
export const change = (part: number): string =>
  new Intl.NumberFormat(getLocale(), { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(
    part,
  );

/** `1.2 MB`. */
export function bytes(value: number): string {
  const [unit, size] = value < 1_000_000 ? (['kilobyte', 1_000] as const) : (['megabyte', 1_000_000] as const);
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(getLocale(), options).format(value / size);
}

/** `12:04`, or `1:02:04` from an hour on. */
export const duration = (ms: number): string => clockText(Math.max(0, ms));
