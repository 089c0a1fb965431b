// Behind every bar are the sessions that it counts: every link of every table asks for exactly those, and the lists that it
// leads to have as many rows.
import type { Page } from '@playwright/test';

import { READ_MOST, sampled } from '../numbers/bars.ts';
import { Calendar } from '../numbers/calendar.ts';
import { graphs, type Behind, type Row } from '../numbers/graphs.ts';
import { ask, read } from '../numbers/page.ts';
import { answerTo, type Question } from '../numbers/sums.ts';
import { expect, test } from '../numbers/test.ts';
import type { Year } from '../numbers/year.ts';

const calendar = new Calendar('Asia/Seoul');

/** The busiest day of the last week, hour by hour: bars small enough to be read to their ends. */
function busiestDay({ sessions }: Year): Pick<Question, 'calendar' | 'from' | 'before' | 'bucket'> {
  const today = calendar.midnight(Date.now());
  const edges = Array.from({ length: 8 }, (_, day) => calendar.day(today, day - 7));
  const knocks = edges.map(
    (from, day) => sessions.knocked.filter((at) => at >= from && at < (edges[day + 1] ?? 0)).length,
  );
  const busiest = knocks.indexOf(Math.max(...knocks));
  return { calendar, from: edges[busiest] ?? 0, before: edges[busiest + 1] ?? 0, bucket: 'hour' };
}

for (const split of ['operator', 'group', 'customer'] as const) {
  test(`the sessions behind the bars, by ${split}`, async ({ page, year, groups }) => {
    const question: Question = { ...busiestDay(year), split };
    const asked = { year, question, answer: answerTo(year, question, groups), groups };
    await ask(page, question);
    const shown = await read(page);
    const visits: (Pick<Row, 'behind' | 'sessions'> & { id: string })[] = [];
    for (const { id, rows, keys } of shown) {
      const graph = graphs[id]?.(asked);
      const expected = graph?.rows ?? [];
      const cells = expected.flatMap((row) => row.cells ?? []);
      const more = [...keys.map(({ href }) => href ?? ''), ...rows.flatMap(({ hrefs }) => hrefs)];
      expect(
        more.map((href) => Object.fromEntries(new URL(href, page.url()).searchParams)),
        `${id}: keys and cells`,
      ).toEqual([...(graph?.keys ?? []), ...cells].map(({ behind }) => written(behind)));
      const links = rows.map(({ href }) => (href === null ? undefined : new URL(href, page.url())));
      expect(
        links.map((link) => link?.pathname),
        id,
      ).toEqual(expected.map(({ behind }) => behind && '/console/sessions'));
      expect(
        links.map((link) => link && Object.fromEntries(link.searchParams)),
        id,
      ).toEqual(expected.map(({ behind }) => behind && written(behind)));
      visits.push(...sampled(expected).map((row) => ({ ...row, id })));
      visits.push(...[...sampled(graph?.keys ?? []), ...sampled(cells)].map((one) => ({ ...one, id })));
    }
    expect(visits.length).toBeGreaterThan(10);
    let pressed = '';
    for (const { id, behind, sessions } of visits) {
      if (behind === undefined) continue;
      const path = `/console/sessions?${new URLSearchParams(written(behind)).toString()}`;
      if (pressed === id) await page.goto(path);
      else await press(page, question, id, path);
      pressed = id;
      expect(await rowsOfList(page), path).toBe(sessions);
    }
  });
}

/** Follows a link of a graph's table. */
async function press(page: Page, question: Question, id: string, path: string): Promise<void> {
  await ask(page, question);
  await page.getByTestId(`table-${id}`).click();
  await page.locator(`[data-graph="${id}"] a[href="${path}"]`).click();
}

test('a press on a bar leads where its row does', async ({ page, year, groups }) => {
  const question: Question = { ...busiestDay(year), split: 'operator' };
  const { rows } = graphs['ends']?.({ year, question, answer: answerTo(year, question, groups), groups }) ?? {
    rows: [],
  };
  await ask(page, question);
  const colour = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--data-count'));
  // One whose sessions are read to their end in a moment.
  const bar = rows.findIndex(({ sessions }) => sessions <= READ_MOST);
  await page.locator(`[data-graph=ends] .chart svg path[fill="${colour.trim()}"]`).nth(bar).click();
  await expect(page.getByTestId('sessions')).toBeVisible();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(
    written(rows[bar]?.behind ?? { from: 0, before: 0 }),
  );
  expect(await rowsOfList(page)).toBe(rows[bar]?.sessions);
});

const written = (behind: Behind): Record<string, string> =>
  Object.fromEntries(Object.entries(behind).map(([name, value]) => [name, String(value)]));

/** Reads a list to its end, as a person does with the keyboard, and says how many rows it has. */
async function rowsOfList(page: Page): Promise<number> {
  const empty = page.getByTestId('empty');
  const table = page.locator('[data-testid=table-sessions] table');
  await expect(empty.or(table)).toBeVisible();
  if (await empty.isVisible()) return 0;
  await page.getByRole('region', { name: 'Sessions' }).focus();
  await expect
    .poll(async () => {
      await page.keyboard.press('End');
      // The head is a row, too; there is no number while there are more.
      return Number(await table.getAttribute('aria-rowcount'));
    })
    .toBeGreaterThan(0);
  return Number(await table.getAttribute('aria-rowcount')) - 1;
}
