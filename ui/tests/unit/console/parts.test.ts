// What is computed for lists, files, the wall and the end of a sign-in.
import { describe, expect, it } from 'vitest';

import { ending, IDLE_MS, WHOLE_MS } from '../../../console/src/app/endings.ts';
import { csv, fileName } from '../../../console/src/app/files.ts';
import { timeAxis } from '../../../console/src/app/pages/graphs/drawings.ts';
import { monthOf, monthStart } from '../../../console/src/app/pages/reviews/month.ts';
import { grown, line, SPAN_MS } from '../../../console/src/app/pages/wall/delays.ts';
import { backOff, only } from '../../../console/src/app/pages/wall/live.svelte.ts';
import { painted, scrolledTo } from '../../../console/src/app/parts/window.ts';
import type { Live } from '../../../console/src/generated/api.ts';
import { maySee } from '../../../console/src/app/rights.ts';

describe('a long list', () => {
  it('paints what is in sight and a little more, and never what is not there', () => {
    expect(painted(1_000_000, 48, 48_000, 480)).toEqual({ from: 988, to: 1_022 });
    expect(painted(5, 48, 0, 480)).toEqual({ from: 0, to: 5 });
    expect(painted(5, 48, 99_999, 480)).toEqual({ from: 5, to: 5 });
    expect(painted(0, 48, 0, 480)).toEqual({ from: 0, to: 0 });
  });

  it('scrolls no further than it must', () => {
    expect(scrolledTo(3, 48, 0, 480, 40)).toBe(0);
    expect(scrolledTo(3, 48, 480, 480, 40)).toBe(144);
    expect(scrolledTo(20, 48, 0, 480, 40)).toBe(21 * 48 + 40 - 480);
  });
});

describe('a file', () => {
  const day = (date: number) => new Date(2026, 10, date).getTime();

  it('is named after what it has and of which days', () => {
    expect(fileName('sessions', 'csv', null)).toBe('beside-sessions.csv');
    expect(fileName('audit', 'json', { from: day(1), before: day(22) })).toBe(
      'beside-audit-2026-11-01-2026-11-21.json',
    );
    expect(fileName('waiting', 'png', { from: day(21), before: day(22) })).toBe('beside-waiting-2026-11-21.png');
  });

  it('is a table that a spreadsheet reads as it is meant', () => {
    const text = csv([
      ['a "b"', 'c,d', 'e\nf', '한'],
      [1.5, '', '-2', 'x'],
      ['=1+1', '@x', '+82', -3],
    ]);
    expect(text).toBe('\uFEFF"a ""b""","c,d","e\nf",한\r\n1.5,,\'-2,x\r\n\'=1+1,\'@x,\'+82,-3\r\n');
  });
});

describe('a sign-in', () => {
  it('ends 15 minutes after its last use or 12 hours after it began, whichever comes first', () => {
    expect(ending(1_000, 1_000, null)).toEqual({ is: 'idle', left: IDLE_MS });
    expect(ending(IDLE_MS + 5, 0, 0)).toEqual({ is: 'idle', left: 0 });
    expect(ending(WHOLE_MS - 60_000, WHOLE_MS - 90_000, 0)).toEqual({ is: 'whole', left: 60_000 });
  });
});

describe('the wall', () => {
  const picture = (at: number, delays: Record<string, number | undefined>): Live => ({
    at,
    operators: [
      { operator: { id: 'u-1', name: 'Kim' }, state: 'busy' },
      { operator: { id: 'u-2', name: 'Park' }, state: 'free' },
    ],
    waiting: [{ sid: 'w', operator: { id: 'u-2', name: 'Park' }, since: 0 }],
    running: Object.entries(delays).map(([sid, delay_ms]) => ({
      sid,
      operator: { id: 'u-1', name: 'Kim' },
      since: 0,
      path: 'relay',
      delay_ms,
    })),
  });

  it('waits ever longer to connect again, but not for ever', () => {
    expect([0, 1, 2, 3, 10, 100].map((tries) => backOff(tries, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 30_000, 30_000,
    ]);
    expect(backOff(0, 0)).toBe(750);
    expect(backOff(9, 1)).toBe(37_500);
  });

  it('keeps the delays of the last minutes, and of what still runs', () => {
    const first = grown(new Map(), picture(0, { a: 10, b: 20 }));
    const second = grown(first, picture(1_000, { a: 30, c: undefined }));
    expect([...second]).toEqual([
      [
        'a',
        [
          { at: 0, ms: 10 },
          { at: 1_000, ms: 30 },
        ],
      ],
      ['c', []],
    ]);
    expect(grown(second, picture(SPAN_MS + 500, { a: 5 })).get('a')).toEqual([
      { at: 1_000, ms: 30 },
      { at: SPAN_MS + 500, ms: 5 },
    ]);
  });

  it('draws them from left to right', () => {
    expect(line([], 0, 88, 24, 200)).toBe('');
    expect(
      line(
        [
          { at: 0, ms: 0 },
          { at: SPAN_MS / 2, ms: 100 },
        ],
        SPAN_MS,
        88,
        24,
        200,
      ),
    ).toBe('M0.0 22.0H44.0V12.0H88');
  });

  it('shows only a group', () => {
    const seen = only(picture(0, { a: 1 }), new Set(['u-2']));
    expect([seen.operators.length, seen.waiting.length, seen.running.length]).toEqual([1, 1, 0]);
  });
});

describe('pages', () => {
  it('are shown to those whom the broker answers', () => {
    expect(maySee('supervisor', 'wall') && maySee('supervisor', 'session') && maySee('supervisor', 'graphs')).toBe(
      true,
    );
    expect(maySee('supervisor', 'people') || maySee('supervisor', 'audit')).toBe(false);
    expect(maySee('auditor', 'review')).toBe(true);
    expect(maySee('operator', 'wall')).toBe(false);
  });
});

describe('axes and months', () => {
  it('have times that a clock has', () => {
    expect(timeAxis(190_000)).toEqual({ max: 240_000, interval: 60_000 });
    expect(timeAxis(0)).toEqual({ max: 1_000, interval: 1_000 });
  });

  it('are those of UTC', () => {
    expect(monthStart('2026-11')).toBe(Date.UTC(2026, 10, 1));
    expect(monthStart('November')).toBe(0);
    expect(monthOf(Date.UTC(2026, 10, 30, 23, 59))).toBe('2026-11');
  });
});
