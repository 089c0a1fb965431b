// The calendar of a time zone, hour by hour, from what ICU says the clock on the wall shows.

export type Bucket = 'hour' | 'day' | 'week' | 'month';

const HOUR = 3_600_000;

/** What the clock on the wall shows. */
interface Shown {
  year: number;
  month: number;
  day: number;
  hour: number;
  /** Monday is 0. */
  weekday: number;
}

export class Calendar {
  readonly zone: string;
  readonly #clock: Intl.DateTimeFormat;

  constructor(zone: string) {
    this.zone = zone;
    this.#clock = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      weekday: 'short',
    });
  }

  shown(at: number): Shown {
    const parts = new Map(this.#clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
    const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.get('weekday') ?? '');
    return { year: number('year'), month: number('month'), day: number('day'), hour: number('hour'), weekday };
  }

  /** The first hour of the day of `at`. All zones here change their clocks by whole hours. */
  midnight(at: number): number {
    const hour = Math.floor(at / HOUR) * HOUR;
    const today = this.shown(hour).day;
    let first = hour;
    while (this.shown(first - HOUR).day === today) first -= HOUR;
    return first;
  }

  /** So many days after the midnight of `at`. */
  day(at: number, days: number): number {
    // Noon is the same day whatever the clocks did in the night.
    return this.midnight(this.midnight(at) + days * 24 * HOUR + 12 * HOUR);
  }

  /** Where the buckets of a span begin, and its end. It begins at an hour of the clock. */
  edges(bucket: Bucket, from: number, before: number): number[] {
    const edges: number[] = [];
    let last: string | undefined;
    for (let at = from; at < before; at += HOUR) {
      const name = this.#name(bucket, at);
      if (name !== last) edges.push(at);
      last = name;
    }
    return [...edges, before];
  }

  #name(bucket: Bucket, at: number): string {
    // Two hours that the clock shows alike are two.
    if (bucket === 'hour') return String(at);
    const { year, month, day, weekday } = this.shown(at);
    if (bucket === 'month') return `${year}-${month}`;
    const date = Date.UTC(year, month - 1, bucket === 'day' ? day : day - weekday);
    return String(date);
  }
}
