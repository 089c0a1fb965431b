// Every number of every graph is the sum of what was exported: in its head, at its bars, in its table and in its file.
import { Calendar } from '../numbers/calendar.ts';
import { graphs, type Asked, type Graph } from '../numbers/graphs.ts';
import { ask, read, saved, type Shown } from '../numbers/page.ts';
import { answerTo, type Group, type Question } from '../numbers/sums.ts';
import { numbersIn } from '../numbers/written.ts';
import { expect, test } from '../numbers/test.ts';
import type { Year } from '../numbers/year.ts';

/** What is asked, from the first day of the year and the last midnight before now. */
type Ask = (year: { calendar: Calendar; first: number; today: number; groups: Group[]; year: Year }) => Question;

const whole =
  (bucket: Question['bucket'], split: Question['split']): Ask =>
  ({ calendar, first, today }) => ({ calendar, from: first, before: today, bucket, split });

const questions: Record<string, Ask> = {
  'the year by month and operator': whole('month', 'operator'),
  'the year by week and group': whole('week', 'group'),
  'the year by day': whole('day', 'operator'),
  'a week by hour': ({ calendar, today }) => ({
    calendar,
    from: calendar.day(today, -14),
    before: calendar.day(today, -7),
    bucket: 'hour',
    split: 'group',
  }),
  'four weeks against those before': ({ calendar, today }) => ({
    calendar,
    from: calendar.day(today, -28),
    before: today,
    bucket: 'day',
    split: 'group',
  }),
  'one operator, a quarter by week': ({ calendar, today, year }) => ({
    calendar,
    from: calendar.day(today, -90),
    before: today,
    bucket: 'week',
    split: 'operator',
    operator: oftenest(year.sessions.operator),
  }),
  'the year by month and customer': whole('month', 'customer'),
  'one customer, the year by month': (asked) => ({
    ...whole('month', 'customer')(asked),
    device: oftenest(asked.year.sessions.device),
  }),
  'one group, a quarter by week': ({ calendar, today, groups }) => ({
    calendar,
    from: calendar.day(today, -90),
    before: today,
    bucket: 'week',
    split: 'operator',
    group: busiest(groups),
  }),
};

/** Where clocks change: by day over both changes of the year, and by hour over the night with an hour twice. */
const changing: Record<string, Ask> = {
  'the year by day': whole('day', 'group'),
  'the year by month': whole('month', 'operator'),
  'the week in which an hour comes twice': ({ calendar, today }) => {
    const change = clocksBack(calendar, today);
    return {
      calendar,
      from: calendar.day(change, -3),
      before: calendar.day(change, 4),
      bucket: 'hour',
      split: 'operator',
    };
  },
};

prove('Asia/Seoul', questions);
prove('America/New_York', changing);

function prove(zone: string, asked: Record<string, Ask>): void {
  test.describe(zone, () => {
    test.use({ timezoneId: zone });
    for (const [name, question] of Object.entries(asked)) {
      test(name, async ({ page, year, groups }) => {
        const calendar = new Calendar(zone);
        const first = calendar.midnight(year.sessions.knocked.reduce((one, other) => Math.min(one, other)));
        const of = question({ calendar, first, today: calendar.midnight(Date.now()), groups, year });
        const answer = answerTo(year, of, groups);
        expect(answer.total.sessions, 'there is something to count').toBeGreaterThan(of.device === undefined ? 100 : 1);
        await ask(page, of);
        const shown = await read(page);
        expect(shown.map(({ id }) => id).sort(), 'every graph has sums to stand on').toEqual(
          Object.keys(graphs).sort(),
        );
        for (const card of shown) {
          const expected = graphs[card.id]?.({ year, question: of, answer, groups } satisfies Asked);
          if (expected) compare(card, expected, await saved(page, card.id));
        }
      });
    }
  });
}

function compare(shown: Shown, expected: Graph, file: string[][]): void {
  const { id } = shown;
  expect.soft(shown.answer, `${id}: answer`).toBe(expected.answer);
  expect.soft(numbersIn(shown.beside), `${id}: beside the answer`).toEqual(expected.beside);
  expect
    .soft(
      shown.keys.map(({ share }) => share),
      `${id}: keys`,
    )
    .toEqual((expected.keys ?? []).map(({ share }) => share));
  if (expected.labels) {
    const isLabel = (text: string) => /^(?:\d+% )?[\d,]+$/u.test(text);
    expect.soft(shown.written.filter(isLabel), `${id}: at the bars`).toEqual(expected.labels);
  }
  const table = shown.rows.map(({ cells: [name, ...texts] }, place) => ({
    ...(expected.rows[place]?.name !== undefined && { name }),
    texts,
  }));
  expect
    .soft(table, `${id}: table`)
    .toEqual(expected.rows.map(({ name, texts }) => ({ ...(name !== undefined && { name }), texts })));
  const [head, ...rows] = file;
  expect.soft(head, `${id}: head of the file`).toEqual(shown.head);
  const raw = rows.map((cells, place) => cells.slice(cells.length - (expected.rows[place]?.raw.length ?? 0)));
  expect.soft(raw, `${id}: file`).toEqual(expected.rows.map((row) => row.raw.map(String)));
}

const busiest = (groups: Group[]): Group | undefined =>
  groups.toSorted((one, other) => other.members.length - one.members.length)[0];

/** The computer, or the operator, with most sessions. */
function oftenest(ids: string[]): string {
  const times = new Map<string, number>();
  for (const id of ids) if (id !== '') times.set(id, (times.get(id) ?? 0) + 1);
  return [...times].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0] as [string, number])[0];
}

/** The day of the last year on which the zone's clocks were put back: it has 25 hours. */
function clocksBack(calendar: Calendar, today: number): number {
  for (let day = 0; day < 365; day += 1) {
    const at = calendar.day(today, -4 - day);
    if (calendar.day(at, 1) - at === 25 * 3_600_000) return at;
  }
  throw new Error(`${calendar.zone} put no clock back`);
}
