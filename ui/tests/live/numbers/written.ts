// How English readers write numbers and times, in the zone of a calendar.
import type { Bucket } from './calendar.ts';

export const count = (value: number): string => value.toLocaleString('en');

/** Halves go up, as decimals: 0.575 times a hundred is a little less than 57.5 in binary. */
export const percent = (part: number): string => `${Math.round(Number((part * 100).toPrecision(12)))}%`;

/** `+12%`, `-3%`, `0%`. */
export function change(now: number, earlier: number): string {
  return ((now - earlier) / earlier).toLocaleString('en', {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  });
}

/** `4:05`, or `1:04:05` from an hour on; a dash for nothing. */
export function clock(ms: number | undefined): string {
  if (ms === undefined) return '–';
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** When a bucket begins, as the table's first column has it. */
export function began(at: number, bucket: Bucket, timeZone: string): string {
  const write = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...options }).format(at);
  switch (bucket) {
    case 'hour':
      return `${write({ dateStyle: 'medium' })} ${write({ hour: '2-digit', minute: '2-digit' })}`;
    case 'day':
    case 'week':
      return write({ dateStyle: 'medium' });
    case 'month':
      return write({ year: '2-digit', month: '2-digit' });
  }
}

/** Every number in a line of words, as it stands there. */
export const numbersIn = (text: string): string[] => text.match(/[+-]?\d[\d,.:]*%?/gu) ?? [];
