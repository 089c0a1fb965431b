// Spans of time in the reader's own zone, whichever that is where the tests run.
import { describe, expect, it } from 'vitest';

import {
  bucketsFor,
  dateStart,
  dateText,
  dayStart,
  isWholeDays,
  lastDay,
  periods,
  readSpan,
  spanOf,
  spanQuery,
  usualBucket,
} from '../../../console/src/app/time/periods.ts';

const now = new Date(2026, 10, 22, 14, 5, 32).getTime();
const at = (year: number, month: number, day: number) => new Date(year, month - 1, day).getTime();

describe('a period', () => {
  it.each([
    ['today', at(2026, 11, 22), at(2026, 11, 23)],
    ['yesterday', at(2026, 11, 21), at(2026, 11, 22)],
    ['7d', at(2026, 11, 16), at(2026, 11, 23)],
    ['28d', at(2026, 10, 26), at(2026, 11, 23)],
    ['month', at(2026, 11, 1), at(2026, 11, 23)],
    ['last_month', at(2026, 10, 1), at(2026, 11, 1)],
    ['year', at(2025, 12, 1), at(2026, 11, 23)],
  ] as const)('%s is whole days of the calendar', (period, from, before) => {
    expect(spanOf(period, now)).toEqual({ from, before });
  });

  it('never ends before it begins, on any day of a year', () => {
    for (let day = 0; day < 366; day += 1) {
      const then = dayStart(now, day) + 1;
      for (const period of periods) {
        const span = spanOf(period, then);
        expect(span.from).toBeLessThan(span.before);
        expect(isWholeDays(span)).toBe(true);
      }
    }
  });
});

describe('steps of a graph', () => {
  it('are as many as can be told apart', () => {
    expect(bucketsFor(spanOf('today', now))).toEqual(['hour']);
    expect(bucketsFor(spanOf('28d', now))).toEqual(['day', 'week']);
    expect(bucketsFor(spanOf('year', now))).toEqual(['day', 'week', 'month']);
    expect(bucketsFor({ from: 0, before: now })).toEqual(['month']);
    expect(bucketsFor({ from: now, before: now + 1 })).toEqual(['hour']);
  });

  it('are not crowded unless somebody wants it so', () => {
    expect(usualBucket(spanOf('today', now))).toBe('hour');
    expect(usualBucket(spanOf('28d', now))).toBe('day');
    expect(usualBucket(spanOf('90d', now))).toBe('week');
    expect(usualBucket(spanOf('year', now))).toBe('week');
  });
});

describe('a span in the address bar', () => {
  const read = (text: string) => readSpan(new URLSearchParams(text), now);

  it('is a period by its name or two times', () => {
    expect(read('period=yesterday')).toEqual(spanOf('yesterday', now));
    const span = { from: at(2026, 1, 3), before: at(2026, 2, 1) };
    expect(read(new URLSearchParams(spanQuery(span)).toString())).toEqual(span);
  });

  it('is nothing where there is none', () => {
    for (const text of [
      '',
      'period=always',
      'from=1',
      'from=2&before=2',
      'from=3&before=2',
      'from=-1&before=2',
      'from=x&before=2',
    ]) {
      expect(read(text)).toBeNull();
    }
  });
});

describe('a date', () => {
  it('is read as it is written', () => {
    expect(dateText(now)).toBe('2026-11-22');
    expect(dateStart('2026-11-22')).toBe(at(2026, 11, 22));
    expect(dateText(lastDay(spanOf('28d', now)))).toBe('2026-11-22');
  });

  it('is none if the calendar has none', () => {
    for (const text of ['', '2026-02-30', '2026-13-01', '22.11.2026']) expect(dateStart(text)).toBeNull();
  });
});
