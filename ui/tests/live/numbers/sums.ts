// The year's sums over a span, by a walk through everything that was exported.
import type { Bucket, Calendar } from './calendar.ts';
import type { Year } from './year.ts';

const HOUR = 3_600_000;

/** A question that the page of graphs answers. */
export interface Question {
  calendar: Calendar;
  from: number;
  before: number;
  bucket: Bucket;
  /** An operator's id, or nothing. */
  operator?: string;
  /** A group. */
  group?: Group;
  /** A customer's computer. */
  device?: string;
  split: 'operator' | 'group' | 'customer';
}

export interface Group {
  id: string;
  name: string;
  members: string[];
}

export interface Spread {
  median: number;
  p90: number;
}

/** What is counted of a number of sessions. */
export class Sums {
  sessions = 0;
  accepted = 0;
  began = 0;
  checked = 0;
  direct = 0;
  relayed = 0;
  both = 0;
  signIns = 0;
  refusals = 0;
  readonly ends = new Map<string, number>();
  readonly outcomes = new Map<string, number>();
  readonly solved = new Map<string, number>();
  readonly felt = new Map<string, number>();
  readonly #waited: number[] = [];
  readonly #lasted: number[] = [];

  session({ sessions }: Year, at: number): void {
    const one = (counts: Map<string, number>, word: string | undefined) => {
      if (word !== undefined && word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
    };
    const [waited, lasted] = [sessions.waited[at] ?? -1, sessions.lasted[at] ?? -1];
    this.sessions += 1;
    if (waited >= 0) this.#waited.push(waited);
    if (lasted >= 0) this.#lasted.push(lasted);
    this.accepted = this.#waited.length;
    this.began = this.#lasted.length;
    if (sessions.checked[at]) this.checked += 1;
    const carried = sessions.carried[at];
    if (carried !== undefined && carried !== 'nothing') this[carried] += 1;
    one(this.ends, sessions.end[at]);
    one(this.outcomes, sessions.outcome[at]);
    one(this.solved, sessions.solved[at]);
    one(this.felt, sessions.felt[at]);
  }

  /** Of several together, what tables tell of parts. */
  static of(parts: Sums[]): Sums {
    const whole = new Sums();
    for (const part of parts) {
      whole.sessions += part.sessions;
      whole.direct += part.direct;
      whole.relayed += part.relayed;
      for (const ms of part.#waited) whole.#waited.push(ms);
      for (const ms of part.#lasted) whole.#lasted.push(ms);
    }
    return whole;
  }

  signIn(refused: boolean): void {
    if (refused) this.refusals += 1;
    else this.signIns += 1;
  }

  get waiting(): Spread | undefined {
    return spread(this.#waited);
  }

  get duration(): Spread | undefined {
    return spread(this.#lasted);
  }
}

/** By nearest rank: the smallest that so many of a hundred don't exceed. */
function spread(times: number[]): Spread | undefined {
  const sorted = Float64Array.from(times).sort();
  const ranked = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1];
  const [median, p90] = [ranked(50), ranked(90)];
  return median === undefined || p90 === undefined ? undefined : { median, p90 };
}

export interface Answer {
  edges: number[];
  total: Sums;
  buckets: Sums[];
  /** Of the time of equal length before. */
  earlier: Sums;
  /** Knocks by weekday from Monday, and hour. */
  week: number[][];
  /** By the id of the operator, group or computer; of those without a group or an ID under the empty one. */
  parts: Map<string, Sums>;
}

export function answerTo(year: Year, question: Question, groups: Group[]): Answer {
  const { calendar, bucket, from, before } = question;
  const edges = calendar.edges(bucket, from, before);
  const answer: Answer = {
    edges,
    total: new Sums(),
    buckets: edges.slice(1).map(() => new Sums()),
    earlier: new Sums(),
    week: Array.from({ length: 7 }, () => new Array<number>(24).fill(0)),
    parts: new Map(),
  };
  const clock = hoursOf(question);
  const wanted = wantedBy(question);
  const { device } = year.sessions;
  const partsOf = partsIn(answer.parts, question, groups);
  const { knocked, operator } = year.sessions;
  for (const [place, at] of knocked.entries()) {
    const whose = operator[place] ?? '';
    if (at < from - (before - from) || at >= before || !wanted(whose)) continue;
    if (question.device !== undefined && device[place] !== question.device) continue;
    if (at < from) {
      answer.earlier.session(year, place);
      continue;
    }
    for (const sums of [
      answer.total,
      answer.buckets[bucketOf(edges, at)],
      ...partsOf(question.split === 'customer' ? (device[place] ?? '') : whose),
    ])
      sums?.session(year, place);
    const [weekday, hour] = clock[Math.floor((at - from) / HOUR)] ?? [0, 0];
    const day = answer.week[weekday];
    if (day) day[hour] = (day[hour] ?? 0) + 1;
  }
  const { signIns } = year;
  for (const [place, at] of signIns.at.entries()) {
    // Customers don't sign in.
    if (question.device !== undefined) break;
    if (at < from - (before - from) || at >= before || !wanted(signIns.account[place] ?? '')) continue;
    const refused = signIns.refused[place] ?? false;
    for (const sums of at < from ? [answer.earlier] : [answer.total, answer.buckets[bucketOf(edges, at)]])
      sums?.signIn(refused);
  }
  return answer;
}

/** What the clock shows in each hour of the span. */
function hoursOf({ calendar, from, before }: Question): [number, number][] {
  return Array.from({ length: Math.ceil((before - from) / HOUR) }, (_, index) => {
    const { weekday, hour } = calendar.shown(from + index * HOUR);
    return [weekday, hour];
  });
}

function wantedBy({ operator, group }: Question): (id: string) => boolean {
  const members = group && new Set(group.members);
  return (id) => (operator === undefined || id === operator) && (members === undefined || members.has(id));
}

/** The parts in which an operator's sessions count: a member of several groups counts in each. */
function partsIn(
  parts: Map<string, Sums>,
  { split }: Question,
  groups: Group[],
): (operator: string) => readonly Sums[] {
  const found = new Map<string, Sums[]>();
  const part = (key: string) => {
    const sums = parts.get(key) ?? new Sums();
    parts.set(key, sums);
    return sums;
  };
  return (operator) => {
    let own = found.get(operator);
    if (own === undefined) {
      const of = groups.filter(({ members }) => members.includes(operator)).map(({ id }) => id);
      own = (split !== 'group' ? [operator] : of.length > 0 ? of : ['']).map(part);
      found.set(operator, own);
    }
    return own;
  };
}

function bucketOf(edges: number[], at: number): number {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}
