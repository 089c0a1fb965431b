// The graphs of a period: each a question, its answer, a drawing, and the same figures as a table.
import { m } from '@beside/kit/paraglide/messages.js';
import { feltWords } from '@beside/kit/words/felt.ts';
import { outcomes, outcomeWords } from '@beside/kit/words/outcomes.ts';

import type { Figures, PartFigures, Spread, Statistics } from '../../../generated/api.ts';
import { change, clockTime, count, date, duration, percent, shortDate, shortMonth, weekday } from '../../format.ts';
import { linkTo } from '../../router.svelte.ts';
import { spanQuery, type Bucket, type Span } from '../../time/periods.ts';
import { endText, type Carried } from '../../words/sessions.ts';
import type { NO_FILTERS } from '../sessions/filters.ts';
import type { Asked, Split } from './asked.ts';
import { bars, columns, heat, lines, shares, type Axis } from './drawings.ts';
import type { Drawing } from './echarts.ts';
import type { Palette } from './palette.ts';

/** What stands in a cell, and what a program reads in its place. */
export interface Cell {
  text: string;
  raw: string | number;
  /** The sessions behind it, where they are others than the row's. */
  href?: string;
}

export interface Row {
  cells: Cell[];
  /** The sessions behind it. */
  href?: string;
}

export interface Graph {
  id: string;
  title: string;
  /** The answer in one figure, and its unit. */
  answer: string;
  unit: string;
  note: string;
  head: string[];
  rows: Row[];
  draw: (palette: Palette) => Drawing;
  /** What is behind each place of the drawing, where those are not the rows. */
  behind?: string[];
  /** What the colours of layers stand for, where lines don't say it themselves. */
  keys?: { name: string; share: string; colour: 'direct' | 'spare' | 'relayed'; href: string }[];
  /** Takes more room than others. */
  wide?: boolean;
}

/** Operators or groups that are drawn; the table has all. */
export const PARTS_DRAWN = 12;

const said = (text: string): Cell => ({ text, raw: text });
const counted = (value: number): Cell => ({ text: count(value), raw: value });
const part = (value: number): Cell => ({ text: percent(value), raw: Math.round(value * 10_000) / 10_000 });
/** Seconds, for a program. */
const lasted = (ms: number | undefined): Cell =>
  ms === undefined ? { text: '–', raw: '' } : { text: duration(ms), raw: ms / 1_000 };

export function bucketName(from: number, bucket: Bucket, long = false): string {
  switch (bucket) {
    case 'hour':
      return long ? `${date(from)} ${clockTime(from)}` : clockTime(from);
    case 'day':
    case 'week':
      return long ? date(from) : shortDate(from);
    case 'month':
      return shortMonth(from);
  }
}

/** A link to the sessions of a time. */
export function linkOf({ operator, group, device }: Asked, span: Span, more: Partial<typeof NO_FILTERS> = {}): string {
  return linkTo('/sessions', { ...spanQuery(span), operator, group, device, ...more });
}

export function graphsOf(statistics: Statistics, asked: Asked): Graph[] {
  return [
    sessions(statistics, asked),
    spread(statistics, asked, 'waiting'),
    spread(statistics, asked, 'duration'),
    ends(statistics, asked),
    outcomesOf(statistics, asked),
    ratings(statistics, asked),
    paths(statistics, asked),
    week(statistics, asked),
    parts(statistics, asked),
    signIns(statistics, asked),
  ];
}

const axisOf = ({ buckets }: Statistics, { bucket }: Asked, text: (value: number) => string, times = false): Axis => ({
  labels: buckets.map(({ from }) => bucketName(from, bucket)),
  text,
  times,
});

/** A row for each step of time. */
function rowsOf({ buckets }: Statistics, asked: Asked, cells: (figures: Figures) => Cell[]): Row[] {
  return buckets.map(({ from, before, figures }) => ({
    cells: [said(bucketName(from, asked.bucket, true)), ...cells(figures)],
    href: linkOf(asked, { from, before }),
  }));
}

/** Beyond this many times as much, a change in percent says nothing: there was hardly anything before. */
const COMPARABLE = 10;

function against(now: number, earlier: number): string {
  if (earlier === 0) return '';
  return now > COMPARABLE * earlier
    ? m.graph_before({ value: count(earlier) })
    : m.graph_change({ change: change((now - earlier) / earlier) });
}

function sessions(statistics: Statistics, asked: Asked): Graph {
  const { total, earlier, buckets } = statistics;
  const questions = {
    hour: m.graph_count_hour,
    day: m.graph_count_day,
    week: m.graph_count_week,
    month: m.graph_count_month,
  };
  const isWeekend = (index: number) =>
    asked.bucket === 'day' && [0, 6].includes(new Date(buckets[index]?.from ?? 0).getDay());
  return {
    id: 'sessions',
    title: questions[asked.bucket](),
    answer: count(total.sessions),
    unit: m.unit_sessions(),
    note: [against(total.sessions, earlier.sessions), asked.bucket === 'day' ? m.graph_weekends() : '']
      .filter(Boolean)
      .join(' · '),
    head: [m.col_started(), m.graph_attempts(), m.graph_accepted(), m.graph_began(), m.graph_checked()],
    rows: rowsOf(statistics, asked, ({ sessions: all, accepted, began, checked }) =>
      [all, accepted, began, checked].map(counted),
    ),
    draw: (palette) =>
      columns(
        palette,
        axisOf(statistics, asked, count),
        buckets.map(({ figures }) => figures.sessions),
        isWeekend,
      ),
  };
}

function spread(statistics: Statistics, asked: Asked, of: 'waiting' | 'duration'): Graph {
  const { total, earlier, buckets } = statistics;
  const value = (figures: Figures, which: keyof Spread) => figures[of]?.[which] ?? null;
  const before = earlier[of]?.median_ms;
  return {
    id: of,
    title: of === 'waiting' ? m.graph_waiting() : m.graph_duration(),
    answer: lasted(total[of]?.median_ms).text,
    unit: of === 'waiting' ? m.graph_half_wait() : m.graph_half_last(),
    note: before === undefined ? '' : m.graph_before({ value: duration(before) }),
    head: [m.col_started(), m.graph_half(), m.graph_tenth()],
    rows: rowsOf(statistics, asked, (figures) => [lasted(figures[of]?.median_ms), lasted(figures[of]?.p90_ms)]),
    draw: (palette) => {
      const colour = of === 'waiting' ? palette.wait : palette.count;
      return lines(palette, axisOf(statistics, asked, duration, true), [
        { name: m.graph_half(), values: buckets.map(({ figures }) => value(figures, 'median_ms')), colour },
        { name: m.graph_tenth(), values: buckets.map(({ figures }) => value(figures, 'p90_ms')), colour, dashed: true },
      ]);
    },
  };
}

function ends({ total }: Statistics, asked: Asked): Graph {
  const found = Object.entries(total.ends).sort(([, one], [, other]) => other - one);
  const finished = (total.ends['finished'] ?? 0) + (total.ends['stopped'] ?? 0);
  const share = (value: number) => (total.sessions === 0 ? 0 : value / total.sessions);
  return {
    id: 'ends',
    title: m.graph_ends(),
    answer: percent(share(finished)),
    unit: m.graph_ends_unit(),
    note: '',
    head: [m.col_outcome(), m.graph_attempts(), m.graph_share()],
    rows: found.map(([end, times]) => ({
      cells: [{ text: endText(end), raw: end }, counted(times), part(share(times))],
      href: linkOf(asked, asked.span, { end }),
    })),
    draw: (palette) =>
      bars(
        palette,
        found.map(([end]) => endText(end)),
        found.map(([, times]) => times),
        found.map(([, times]) => `${percent(share(times))}  ${count(times)}`),
      ),
  };
}

function outcomesOf({ total }: Statistics, asked: Asked): Graph {
  const said = outcomes.map((outcome) => ({ outcome, times: total.outcomes[outcome] }));
  const whole = said.reduce((sum, { times }) => sum + times, 0);
  const share = (times: number) => (whole === 0 ? 0 : times / whole);
  return {
    id: 'outcomes',
    title: m.graph_outcomes(),
    answer: whole === 0 ? '–' : percent(share(total.outcomes.solved)),
    unit: m.graph_outcomes_unit(),
    note: m.graph_outcomes_note({ count: count(whole) }),
    head: [m.after_outcome(), m.graph_sessions(), m.graph_share()],
    rows: said.map(({ outcome, times }) => ({
      cells: [{ text: outcomeWords[outcome](), raw: outcome }, counted(times), part(share(times))],
      href: linkOf(asked, asked.span, { outcome }),
    })),
    draw: (palette) =>
      bars(
        palette,
        outcomes.map((outcome) => outcomeWords[outcome]()),
        said.map(({ times }) => times),
        said.map(({ times }) => `${percent(share(times))}  ${count(times)}`),
      ),
  };
}

function ratings({ total }: Statistics, asked: Asked): Graph {
  const felt = (['good', 'fair', 'poor'] as const).map((one) => ({ one, times: total.ratings[one] }));
  const whole = felt.reduce((sum, { times }) => sum + times, 0);
  const share = (times: number) => (whole === 0 ? 0 : times / whole);
  const solved = total.ratings.solved + total.ratings.not_solved;
  return {
    id: 'ratings',
    title: m.graph_ratings(),
    answer: whole === 0 ? '–' : percent(share(total.ratings.good)),
    unit: m.graph_ratings_unit(),
    note: solved === 0 ? '' : m.graph_ratings_note({ share: percent(total.ratings.solved / solved) }),
    head: [m.col_rating(), m.graph_sessions(), m.graph_share()],
    rows: felt.map(({ one, times }) => ({
      cells: [{ text: feltWords[one](), raw: one }, counted(times), part(share(times))],
      href: linkOf(asked, asked.span, { felt: one }),
    })),
    draw: (palette) =>
      bars(
        palette,
        felt.map(({ one }) => feltWords[one]()),
        felt.map(({ times }) => times),
        felt.map(({ times }) => `${percent(share(times))}  ${count(times)}`),
      ),
  };
}

function paths(statistics: Statistics, asked: Asked): Graph {
  const carried = ({ direct, relayed, both }: Figures) => direct + relayed + both;
  const share = (figures: Figures, of: Carried) => (carried(figures) === 0 ? 0 : figures[of] / carried(figures));
  const { total, earlier, buckets } = statistics;
  const behind = (carried: Carried) => linkOf(asked, asked.span, { carried });
  const layer = (of: Carried) => buckets.map(({ figures }) => share(figures, of));
  return {
    id: 'paths',
    title: m.graph_paths(),
    answer: percent(share(total, 'direct')),
    unit: m.graph_paths_unit(),
    note: carried(earlier) === 0 ? '' : m.graph_before({ value: percent(share(earlier, 'direct')) }),
    keys: [
      { name: m.path_direct(), share: percent(share(total, 'direct')), colour: 'direct', href: behind('direct') },
      { name: m.graph_both(), share: percent(share(total, 'both')), colour: 'spare', href: behind('both') },
      { name: m.path_relayed(), share: percent(share(total, 'relayed')), colour: 'relayed', href: behind('relayed') },
    ],
    head: [m.col_started(), m.path_direct(), m.graph_both(), m.path_relayed(), m.graph_direct_share()],
    rows: rowsOf(statistics, asked, (figures) => [
      counted(figures.direct),
      counted(figures.both),
      counted(figures.relayed),
      part(share(figures, 'direct')),
    ]),
    draw: (palette) =>
      shares(palette, axisOf(statistics, asked, percent), [
        { name: m.path_direct(), values: layer('direct'), colour: palette.direct },
        { name: m.graph_both(), values: layer('both'), colour: palette.spare },
        { name: m.path_relayed(), values: layer('relayed'), colour: palette.relayed },
      ]),
  };
}

function week({ week: rows, total }: Statistics, asked: Asked): Graph {
  const hour = (value: number) => `${value}:00`;
  const cells = rows.flatMap((day, weekDay) => day.map((value, at) => ({ value, at, weekDay })));
  const behind = (weekDay: number, at: number) =>
    linkOf(asked, asked.span, { weekday: String(weekDay), hour: String(at) });
  const busiest = cells.reduce<(typeof cells)[number] | null>(
    (most, cell) => (cell.value > (most?.value ?? 0) ? cell : most),
    null,
  );
  return {
    id: 'week',
    title: m.graph_week(),
    answer: busiest ? `${weekday(busiest.weekDay)} ${hour(busiest.at)}` : '–',
    unit: busiest ? m.graph_week_unit({ count: count(busiest.value) }) : '',
    note: m.graph_week_note({ count: count(total.sessions) }),
    wide: true,
    // The other way round than it is drawn: seven columns fit everywhere.
    head: [m.graph_hour(), ...rows.map((_, weekDay) => weekday(weekDay))],
    rows: Array.from({ length: 24 }, (_, at) => ({
      cells: [said(hour(at)), ...rows.map((day, weekDay) => ({ ...counted(day[at] ?? 0), href: behind(weekDay, at) }))],
    })),
    behind: cells.map(({ weekDay, at }) => behind(weekDay, at)),
    draw: (palette) =>
      heat(
        palette,
        Array.from({ length: 24 }, (_, at) => hour(at)),
        rows.map((_, weekDay) => weekday(weekDay)),
        rows,
        (at, weekDay) => `${weekday(weekDay, 'long')} ${hour(at)}: ${count(rows[weekDay]?.[at] ?? 0)}`,
      ),
  };
}

const partWords: Record<Split, { title: () => string; column: () => string }> = {
  operator: { title: m.graph_by_operator, column: m.col_operator },
  group: { title: m.graph_by_group, column: m.filter_group },
  customer: { title: m.graph_by_customer, column: m.filter_customer },
};

const restWords: Record<NonNullable<PartFigures['rest']>, () => string> = {
  no_group: m.graph_no_group,
  no_device: m.graph_no_device,
  other_devices: m.graph_other_customers,
};

/** Of a customer the computer's ID too: many have one name, and few have given it. */
function partName({ of, rest }: PartFigures, split: Split): string {
  if (!of) return rest ? restWords[rest]() : m.graph_no_group();
  if (split !== 'customer') return of.name;
  return of.name === '' ? of.id : `${of.name} · ${of.id}`;
}

/** Names of customers may be anything and the same; IDs are what a program goes by. */
const partRaw = (part: PartFigures, split: Split): string =>
  split === 'customer' ? (part.of?.id ?? part.rest ?? '') : partName(part, split);

/** The sessions of a part, as far as there is a filter for them. */
function partLink({ of, rest }: PartFigures, asked: Asked): string | undefined {
  if (asked.split === 'customer') {
    const device = of?.id ?? (rest === 'no_device' ? 'none' : undefined);
    return device === undefined ? undefined : linkOf({ ...asked, device }, asked.span);
  }
  return of ? linkOf({ ...asked, [asked.split]: of.id }, asked.span) : undefined;
}

function parts({ parts: all, total }: Statistics, asked: Asked): Graph {
  // Who only signs in has no sessions to compare; what is nobody's in particular comes last.
  const sorted = [...(all ?? [])]
    .filter((one) => one.total.sessions > 0)
    .sort((one, other) => Number(!one.of) - Number(!other.of) || other.total.sessions - one.total.sessions);
  const somebody = sorted.filter(({ of }) => of);
  const drawn = sorted.slice(0, PARTS_DRAWN);
  const first = somebody[0];
  const { title, column } = partWords[asked.split];
  const known = asked.split === 'customer' ? (total.customers ?? somebody.length) : sorted.length;
  return {
    id: 'parts',
    title: title(),
    ...(asked.split === 'customer'
      ? { answer: count(known), unit: m.graph_customers() }
      : {
          answer: first ? percent(total.sessions === 0 ? 0 : first.total.sessions / total.sessions) : '–',
          unit: first ? partName(first, asked.split) : '',
        }),
    note: known > drawn.length ? m.graph_first({ count: count(drawn.length), all: count(known) }) : '',
    head: [
      column(),
      m.graph_attempts(),
      m.graph_waiting_half(),
      m.graph_duration_half(),
      m.path_direct(),
      m.path_relayed(),
    ],
    rows: sorted.map((one) => ({
      cells: [
        { text: partName(one, asked.split), raw: partRaw(one, asked.split) },
        counted(one.total.sessions),
        lasted(one.total.waiting?.median_ms),
        lasted(one.total.duration?.median_ms),
        counted(one.total.direct),
        counted(one.total.relayed),
      ],
      href: partLink(one, asked),
    })),
    draw: (palette) =>
      bars(
        palette,
        // There is room for one of the two, and the table has both.
        drawn.map((one) => one.of?.name || one.of?.id || partName(one, asked.split)),
        drawn.map((one) => one.total.sessions),
        drawn.map((one) => count(one.total.sessions)),
      ),
  };
}

function signIns(statistics: Statistics, asked: Asked): Graph {
  const { total, earlier, buckets } = statistics;
  const of = (which: 'sign_ins' | 'sign_ins_refused') => buckets.map(({ figures }) => figures[which]);
  return {
    id: 'sign-ins',
    title: m.graph_sign_ins(),
    answer: count(total.sign_ins_refused),
    unit: m.graph_sign_ins_unit({ count: count(total.sign_ins) }),
    note: m.graph_before({ value: count(earlier.sign_ins_refused) }),
    head: [m.col_started(), m.graph_signed_in(), m.graph_refused()],
    rows: rowsOf(statistics, asked, (figures) => [counted(figures.sign_ins), counted(figures.sign_ins_refused)]).map(
      // Sessions are not behind these.
      ({ cells }) => ({ cells }),
    ),
    draw: (palette) =>
      lines(palette, axisOf(statistics, asked, count), [
        { name: m.graph_signed_in(), values: of('sign_ins'), colour: palette.count },
        { name: m.graph_refused(), values: of('sign_ins_refused'), colour: palette.spare, dashed: true },
      ]),
  };
}
