// What every graph must say, from the sums of what was exported. A graph that is not here has nothing to stand on.
import { Sums, type Answer, type Group, type Question, type Spread } from './sums.ts';
import type { Year } from './year.ts';
import { began, change, clock, count, percent } from './written.ts';

/** A row of a graph's table. */
export interface Row {
  /** What its first cell says; without it that is words, which other tests read. */
  name?: string;
  /** The other cells, as they are read. */
  texts: string[];
  /** All cells, as a program reads them; the first only if it is no word. */
  raw: (string | number)[];
  /** Which sessions are behind it; without it there is no link. */
  behind?: Behind;
  /** How many these are. */
  sessions: number;
  /** What is behind the other cells, and how many those are. */
  cells?: { behind: Behind; sessions: number }[];
}

/** Which sessions a list must be asked for. */
export interface Behind {
  from: number;
  before: number;
  operator?: string;
  group?: string;
  device?: string;
  end?: string;
  outcome?: string;
  carried?: string;
  felt?: string;
  weekday?: number;
  hour?: number;
}

export interface Graph {
  /** The figure in the head. */
  answer: string;
  /** The numbers among the words beside it. */
  beside: string[];
  /** The shares that stand beside the colours. */
  keys?: { share: string; behind: Behind; sessions: number }[];
  rows: Row[];
  /** What is written at the bars. */
  labels?: string[];
}

/** What the graphs of a question are made from. */
export interface Asked {
  year: Year;
  question: Question;
  answer: Answer;
  groups: Group[];
}

/** Bars that are drawn of operators or groups. */
const DRAWN = 12;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The change; what there was before where that is next to nothing. */
function against(now: number, before: number): string[] {
  if (before === 0) return [];
  return [now > 10 * before ? count(before) : change(now, before)];
}

export const graphs: Record<string, (asked: Asked) => Graph> = {
  sessions: (asked) => {
    const { total, earlier } = asked.answer;
    return {
      answer: count(total.sessions),
      beside: against(total.sessions, earlier.sessions),
      rows: inTime(asked, ({ sessions, accepted, began, checked }) => counts(sessions, accepted, began, checked)),
    };
  },
  waiting: (asked) => spreads(asked, ({ waiting }) => waiting),
  duration: (asked) => spreads(asked, ({ duration }) => duration),
  ends: (asked) => {
    const { total } = asked.answer;
    const found = [...total.ends].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
    const byPeople = (total.ends.get('finished') ?? 0) + (total.ends.get('stopped') ?? 0);
    return {
      answer: percent(share(byPeople, total.sessions)),
      beside: [],
      rows: found.map(([end, times]) => ({
        ...shared(end, times, total.sessions),
        behind: { ...everything(asked), end },
      })),
      labels: found.map(([, times]) => label(times, total.sessions)),
    };
  },
  outcomes: (asked) => {
    const { outcomes } = asked.answer.total;
    const whole = sum(outcomes);
    const found = ['solved', 'call_back', 'unsolved'].map((outcome) => [outcome, outcomes.get(outcome) ?? 0] as const);
    return {
      answer: whole === 0 ? '–' : percent(share(outcomes.get('solved') ?? 0, whole)),
      beside: [count(whole)],
      rows: found.map(([outcome, times]) => ({
        ...shared(outcome, times, whole),
        behind: { ...everything(asked), outcome },
      })),
      labels: found.map(([, times]) => label(times, whole)),
    };
  },
  ratings: (asked) => {
    const { total } = asked.answer;
    const whole = sum(total.felt);
    const answered = sum(total.solved);
    const found = ['good', 'fair', 'poor'].map((felt) => [felt, total.felt.get(felt) ?? 0] as const);
    return {
      answer: whole === 0 ? '–' : percent(share(total.felt.get('good') ?? 0, whole)),
      beside: answered === 0 ? [] : [percent(share(total.solved.get('true') ?? 0, answered))],
      rows: found.map(([felt, times]) => ({ ...shared(felt, times, whole), behind: { ...everything(asked), felt } })),
      labels: found.map(([, times]) => label(times, whole)),
    };
  },
  paths: (asked) => {
    const { total, earlier } = asked.answer;
    return {
      answer: percent(direct(total)),
      beside: carried(earlier) === 0 ? [] : [percent(direct(earlier))],
      keys: (['direct', 'both', 'relayed'] as const).map((by) => ({
        share: percent(share(total[by], carried(total))),
        behind: { ...everything(asked), carried: by },
        sessions: total[by],
      })),
      rows: inTime(asked, (sums) => {
        const { texts, raw } = counts(sums.direct, sums.both, sums.relayed);
        return { texts: [...texts, percent(direct(sums))], raw: [...raw, part(direct(sums))] };
      }),
    };
  },
  week: (asked) => {
    const { week, total } = asked.answer;
    const cells = week.flatMap((hours, day) => hours.map((times, hour) => ({ times, hour, day })));
    const busiest = cells.reduce((most, cell) => (cell.times > most.times ? cell : most));
    return {
      answer: busiest.times === 0 ? '–' : `${WEEKDAYS[busiest.day]} ${busiest.hour}:00`,
      beside: [...(busiest.times === 0 ? [] : [count(busiest.times)]), count(total.sessions)],
      rows: Array.from({ length: 24 }, (_, hour) => {
        const times = week.map((day) => day[hour] ?? 0);
        const { texts, raw } = counts(...times);
        const cells = times.map((sessions, weekday) => ({ behind: { ...everything(asked), weekday, hour }, sessions }));
        return { name: `${hour}:00`, texts, raw: [`${hour}:00`, ...raw], sessions: 0, cells };
      }),
    };
  },
  parts: (asked) => {
    const { question, answer } = asked;
    if (question.split === 'customer') return customers(asked);
    const found = [...answer.parts].map(([id, sums]) => ({ id, sums, name: nameOf(asked, id) }));
    found.sort((one, other) => other.sums.sessions - one.sums.sessions || order(one.name, other.name));
    const [first] = found;
    return {
      answer: first ? percent(share(first.sums.sessions, answer.total.sessions)) : '–',
      beside: [
        ...(first ? (first.name.match(/\d+/gu) ?? []) : []),
        ...(found.length > DRAWN ? [String(DRAWN), String(found.length)] : []),
      ],
      rows: found.map(({ id, sums, name }) => {
        const { texts, raw } = ofPart(sums);
        return {
          ...(id !== '' && { name, behind: { ...everything(asked), [question.split]: id } }),
          texts,
          raw: [...(id === '' ? [] : [name]), ...raw],
          sessions: sums.sessions,
        };
      }),
      labels: found.slice(0, DRAWN).map(({ sums }) => count(sums.sessions)),
    };
  },
  'sign-ins': (asked) => {
    const { total, earlier } = asked.answer;
    const rows = inTime(asked, ({ signIns, refusals }) => counts(signIns, refusals));
    return {
      answer: count(total.refusals),
      beside: [count(total.signIns), count(earlier.refusals)],
      rows: rows.map(({ behind: _, ...row }) => row),
    };
  },
};

/** Computers that stand for themselves. */
const COMPUTERS = 50;

/** By the customers' computers: the first fifty, then all others and those without an ID, in words. */
function customers(asked: Asked): Graph {
  const { year, answer } = asked;
  const all = [...answer.parts].filter(([id]) => id !== '');
  all.sort(([a, one], [b, other]) => other.sessions - one.sessions || order(a, b));
  const rows = all.slice(0, COMPUTERS).map(([id, sums]): Row => {
    const name = year.customers.get(id);
    const cells = ofPart(sums);
    return {
      name: name === undefined ? id : `${name} · ${id}`,
      texts: cells.texts,
      raw: [id, ...cells.raw],
      behind: { ...everything(asked), device: id },
      sessions: sums.sessions,
    };
  });
  const without = answer.parts.get('');
  const rest: Row[] = [];
  if (all.length > COMPUTERS)
    rest.push(
      leftOver(
        'other_devices',
        all.slice(COMPUTERS).map(([, sums]) => sums),
      ),
    );
  if (without) rest.push({ ...leftOver('no_device', [without]), behind: { ...everything(asked), device: 'none' } });
  rest.sort((one, other) => other.sessions - one.sessions);
  const drawn = [...rows, ...rest].slice(0, DRAWN);
  return {
    answer: count(all.length),
    beside: all.length > drawn.length ? [String(drawn.length), count(all.length)] : [],
    rows: [...rows, ...rest],
    labels: drawn.map(({ sessions }) => count(sessions)),
  };
}

function leftOver(word: string, of: Sums[]): Row {
  const { texts, raw } = ofPart(Sums.of(of));
  return { texts, raw: [word, ...raw], sessions: of.reduce((all, { sessions }) => all + sessions, 0) };
}

/** The cells behind the name of a part. */
function ofPart(sums: Sums): Cells {
  const [half, length] = [sums.waiting?.median, sums.duration?.median];
  const { texts, raw } = counts(sums.sessions);
  const carriedBy = counts(sums.direct, sums.relayed);
  return {
    texts: [...texts, clock(half), clock(length), ...carriedBy.texts],
    raw: [...raw, seconds(half), seconds(length), ...carriedBy.raw],
  };
}

type Cells = Pick<Row, 'texts' | 'raw'>;

const counts = (...values: number[]): Cells => ({ texts: values.map(count), raw: values });
const share = (times: number, whole: number): number => (whole === 0 ? 0 : times / whole);
/** A share as files have it. */
const part = (value: number): number => Math.round(value * 10_000) / 10_000;
const seconds = (ms: number | undefined): number | string => (ms === undefined ? '' : ms / 1_000);
const sum = (values: Map<string, number>): number => [...values.values()].reduce((one, other) => one + other, 0);
const carried = ({ direct: d, relayed, both }: Sums): number => d + relayed + both;
const direct = (sums: Sums): number => share(sums.direct, carried(sums));
const label = (times: number, whole: number): string => `${percent(share(times, whole))} ${count(times)}`;
/** As the broker orders names: by their bytes. */
const order = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** A row that begins with a word of the protocol. */
function shared(word: string, times: number, whole: number): Row {
  return {
    texts: [count(times), percent(share(times, whole))],
    raw: [word, times, part(share(times, whole))],
    sessions: times,
  };
}

/** A row for each bucket. */
function inTime({ question, answer }: Asked, cells: (sums: Sums) => Cells): Row[] {
  const { calendar, bucket, operator, group, device } = question;
  return answer.buckets.map((sums, place) => {
    const [from, before] = [answer.edges[place] ?? 0, answer.edges[place + 1] ?? 0];
    const name = began(from, bucket, calendar.zone);
    const { texts, raw } = cells(sums);
    return {
      name,
      texts,
      raw: [name, ...raw],
      behind: {
        from,
        before,
        ...(operator && { operator }),
        ...(group && { group: group.id }),
        ...(device && { device }),
      },
      sessions: sums.sessions,
    };
  });
}

function spreads(asked: Asked, of: (sums: Sums) => Spread | undefined): Graph {
  const { total, earlier } = asked.answer;
  const before = of(earlier)?.median;
  return {
    answer: clock(of(total)?.median),
    beside: before === undefined ? [] : [clock(before)],
    rows: inTime(asked, (sums) => {
      const times = [of(sums)?.median, of(sums)?.p90];
      return { texts: times.map(clock), raw: times.map(seconds) };
    }),
  };
}

function everything({ question: { from, before, operator, group, device } }: Asked): Behind {
  return {
    from,
    before,
    ...(operator && { operator }),
    ...(group && { group: group.id }),
    ...(device && { device }),
  };
}

function nameOf({ question, year, groups }: Asked, id: string): string {
  if (question.split === 'operator') return year.names.get(id) ?? '';
  return groups.find((group) => group.id === id)?.name ?? '';
}
