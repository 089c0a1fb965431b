// The log of a session as a story and as lanes.
import { describe, expect, it } from 'vitest';

import { lanesOf, momentsOf, ticks } from '../../../console/src/app/pages/session/timeline.ts';
import type { AuditEntry, SessionEntry } from '../../../console/src/generated/api.ts';

const MINUTE = 60_000;

let seq = 0;
const row = (at: number, action: string, detail: AuditEntry['detail'] = {}): AuditEntry => ({
  seq: ++seq,
  at,
  via: 'broker',
  action,
  detail,
  personal: {},
});
const told = (at: number, side: string, kind: string, more: AuditEntry['detail'] = {}) =>
  row(at, 'session.reported', { side, kind, ...more });

const session: SessionEntry = {
  sid: 's',
  operator: { id: 'u-1', name: 'Kim' },
  attempt: 1,
  knocked_at: 0,
  accepted_at: 1 * MINUTE,
  ended_at: 40 * MINUTE,
  paths: [],
  granted: [],
  differs: false,
  tags: [],
  rating: {},
};

describe('moments', () => {
  it('are one where both apps told of the same thing', () => {
    const moments = momentsOf([
      row(0, 'session.knocked'),
      told(MINUTE, 'customer', 'granted', { right: 'view', seconds: 600 }),
      told(MINUTE + 90, 'operator', 'granted', { right: 'view', seconds: 600 }),
      told(MINUTE + 95, 'operator', 'granted', { right: 'control', seconds: 600 }),
    ]);
    expect(moments.map(({ kind, right, told: by }) => [kind, right, by])).toEqual([
      ['session.knocked', null, []],
      ['granted', 'view', ['customer', 'operator']],
      ['granted', 'control', ['operator']],
    ]);
  });

  it('are two where one app told twice, or the other much later', () => {
    const moments = momentsOf([
      told(0, 'customer', 'path', { path: 'relay' }),
      told(1_000, 'customer', 'path', { path: 'relay' }),
      told(5 * MINUTE, 'operator', 'path', { path: 'relay' }),
    ]);
    expect(moments).toHaveLength(3);
  });
});

describe('lanes', () => {
  const lanes = (events: AuditEntry[], changes: Partial<SessionEntry> = {}) =>
    lanesOf({ ...session, ...changes }, momentsOf(events), 50 * MINUTE);

  it('show who waited, until the operator accepted or it was over', () => {
    expect(lanes([])).toEqual([
      { of: 'waiting', bars: [{ what: 'waiting', from: 0, to: MINUTE, delay: null, seconds: null }] },
    ]);
    expect(lanes([], { accepted_at: null })[0]?.bars[0]?.to).toBe(40 * MINUTE);
    expect(lanes([], { accepted_at: null, ended_at: null })[0]?.bars[0]?.to).toBe(50 * MINUTE);
  });

  it('show each path until the next', () => {
    const path = lanes([
      told(2 * MINUTE, 'customer', 'path', { path: 'relay', delay_ms: 70 }),
      told(3 * MINUTE, 'customer', 'path', { path: 'direct_udp', delay_ms: 18 }),
      told(30 * MINUTE, 'customer', 'path', { path: 'direct_udp', delay_ms: 20 }),
    ]).find(({ of }) => of === 'path');
    expect(path?.bars.map(({ what, from, to, delay }) => [what, from / MINUTE, to / MINUTE, delay])).toEqual([
      ['relay', 2, 3, 70],
      ['direct_udp', 3, 40, 20],
    ]);
  });

  it('show a right until it was turned off, granted anew, ran out, or the session ended', () => {
    const granted = (at: number, seconds: number) => told(at, 'customer', 'granted', { right: 'control', seconds });
    const bars = (events: AuditEntry[]) =>
      lanes(events)
        .find(({ of }) => of === 'control')
        ?.bars.map(({ from, to }) => [from / MINUTE, to / MINUTE]);
    expect(bars([granted(5 * MINUTE, 900), told(8 * MINUTE, 'customer', 'right_ended', { right: 'control' })])).toEqual(
      [[5, 8]],
    );
    expect(bars([granted(5 * MINUTE, 900), granted(10 * MINUTE, 900)])).toEqual([
      [5, 10],
      [10, 25],
    ]);
    expect(bars([granted(5 * MINUTE, 300)])).toEqual([[5, 10]]);
    expect(bars([granted(35 * MINUTE, 900)])).toEqual([[35, 40]]);
    expect(
      bars([granted(5 * MINUTE, 300), told(20 * MINUTE, 'customer', 'right_ended', { right: 'control' })]),
    ).toEqual([[5, 10]]);
  });
});

describe('ticks', () => {
  it('are few and on the clock', () => {
    const from = new Date(2026, 10, 21, 13, 10, 2).getTime();
    const found = ticks(from, from + 24 * MINUTE, 6);
    expect(found.length).toBeLessThanOrEqual(6);
    expect(found.map((at) => new Date(at).getMinutes() % 5)).toEqual(found.map(() => 0));
    expect(ticks(from + 500, from + 900, 6)).toEqual([]);
  });
});
