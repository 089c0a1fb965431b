// A session's rows of the log as a story: each thing once, although both apps told of it, and as lanes over time.
import type { AuditEntry, SessionEntry } from '../../../generated/api.ts';

/** Something that happened. */
export interface Moment {
  at: number;
  /** What: an action of the log, or the kind of what an app reported. */
  kind: string;
  /** Who told of it; both is the usual thing. Nobody where the broker itself knows. */
  told: ('customer' | 'operator')[];
  right: string | null;
  path: string | null;
  seconds: number | null;
  delay: number | null;
  /** Who ended the session, and why. */
  by: string | null;
  end: string | null;
  error: string | null;
}

/** Something that lasted. Without an end it goes on. */
export interface Bar {
  /** A path, a right, or `waiting`. */
  what: string;
  from: number;
  to: number;
  delay: number | null;
  /** How long it was allowed for. */
  seconds: number | null;
}

export interface Lane {
  /** `waiting`, `path`, or a right. */
  of: string;
  bars: Bar[];
}

/** Reports of both sides are of the same thing if they are no further apart, in milliseconds. */
const TOGETHER_MS = 15_000;

export function momentsOf(events: AuditEntry[]): Moment[] {
  const moments: Moment[] = [];
  for (const event of events) {
    const moment = momentOf(event);
    const same = moments.findLast((other) => isSame(other, moment));
    if (same) same.told.push(...moment.told);
    else moments.push(moment);
  }
  return moments;
}

function momentOf({ at, action, detail }: AuditEntry): Moment {
  const text = (name: string) => (typeof detail[name] === 'string' ? detail[name] : null);
  const number = (name: string) => (typeof detail[name] === 'number' ? detail[name] : null);
  const side = text('side');
  return {
    at,
    kind: action === 'session.reported' ? (text('kind') ?? action) : action,
    told: side === 'customer' || side === 'operator' ? [side] : [],
    right: text('right'),
    path: text('path'),
    seconds: number('seconds'),
    delay: number('delay_ms'),
    by: text('by'),
    end: text('end'),
    error: text('error'),
  };
}

/** The other side's report of the same thing. */
function isSame(before: Moment, moment: Moment): boolean {
  const [side] = moment.told;
  const other = side !== undefined && before.told.length > 0 && !before.told.includes(side);
  const near = moment.at - before.at <= TOGETHER_MS;
  return other && near && before.kind === moment.kind && before.right === moment.right && before.path === moment.path;
}

/** The lanes of a session until `until`: who waited, what carried it, and each right that was granted. */
export function lanesOf(session: SessionEntry, moments: Moment[], until: number): Lane[] {
  const end = session.ended_at ?? until;
  const waited = { ...bare('waiting', session.knocked_at), to: session.accepted_at ?? end };
  const paths = runs(
    moments.filter(({ kind, path }) => kind === 'path' && path !== null),
    ({ path }) => path ?? '',
    end,
  );
  const rights = [...new Set(moments.flatMap(({ kind, right }) => (kind === 'granted' && right ? [right] : [])))];
  return [
    { of: 'waiting', bars: [waited] },
    ...(paths.length > 0 ? [{ of: 'path', bars: paths }] : []),
    ...rights.map((right) => ({ of: right, bars: leases(right, moments, end) })),
  ];
}

const bare = (what: string, from: number): Bar => ({ what, from, to: from, delay: null, seconds: null });

/** Each path until the next one; the same again is no other. */
function runs(moments: Moment[], name: (moment: Moment) => string, end: number): Bar[] {
  const bars: Bar[] = [];
  for (const moment of moments) {
    const last = bars.at(-1);
    if (last?.what === name(moment)) {
      last.delay = moment.delay ?? last.delay;
      continue;
    }
    if (last) last.to = moment.at;
    bars.push({ ...bare(name(moment), moment.at), delay: moment.delay });
  }
  const last = bars.at(-1);
  if (last) last.to = end;
  return bars;
}

/** A right from its grant until it was turned off, granted anew, ran out, or the session ended. */
function leases(right: string, moments: Moment[], end: number): Bar[] {
  const bars: Bar[] = [];
  let open: Bar | null = null;
  for (const moment of moments) {
    if (moment.right !== right || (moment.kind !== 'granted' && moment.kind !== 'right_ended')) continue;
    if (open) open.to = Math.min(open.to, moment.at);
    open = null;
    if (moment.kind !== 'granted') continue;
    const { at, seconds } = moment;
    open = { ...bare(right, at), to: Math.min(end, seconds === null ? end : at + seconds * 1_000), seconds };
    bars.push(open);
  }
  return bars;
}

/** Times for an axis: at most `most`, at steps that a clock has. */
export function ticks(from: number, to: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];
  const step = (steps.find((seconds) => (to - from) / (seconds * 1_000) <= most) ?? 86_400) * 1_000;
  // Steps of the reader's clock, whose zone may be off by half an hour.
  const zone = -new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from + zone) / step) * step - zone;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}
