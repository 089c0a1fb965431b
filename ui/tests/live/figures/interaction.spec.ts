// How long a press of a key or a button takes until the next picture shows it (Interaction to Next Paint, by the browser's
// own Event Timing): a visit through everything that is heavy, with real input.
import type { Page } from '@playwright/test';

import { hire } from '../person.ts';
import { expect, test } from '../proof.ts';
import { stage } from '../stage.ts';
import { signIn } from '../visit.ts';
import { percentile, record, RUNS } from './record.ts';

const MOST_MS = 200;
/** Rows of the list that the keyboard goes down through. */
const DEEP = 2_000;

interface Interaction {
  name: string;
  ms: number;
}

test('interaction to next paint', async ({ page }) => {
  await page.addInitScript(listen);
  await signIn(page, await hire('administrator'));
  const visits: Interaction[][] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await page.goto('/console');
    await expect(page.getByTestId('figure-waiting')).toBeVisible();
    await visitPages(page);
    await visitSessions(page);
    await visitGraphs(page);
    visits.push(await felt(page));
  }
  const slowest = visits.flat().toSorted((one, other) => other.ms - one.ms);
  const how = (which: string) =>
    `${which} of ${visits[0]?.length ?? 0} interactions of a visit: opening pages, filters, ${DEEP} rows by keyboard, periods, \
steps and tables of graphs; ${stage.sessions} sessions. Slowest: ${slowest
      .slice(0, 5)
      .map(({ name, ms }) => `${name} ${ms} ms`)
      .join(', ')}`;
  for (const [name, percent] of [
    ['interaction_worst', 100],
    ['interaction_p98', 98],
    ['interaction_p75', 75],
  ] as const) {
    const runs = visits.map((visit) =>
      percentile(
        visit.map(({ ms }) => ms),
        percent,
      ),
    );
    record({ name, unit: 'ms', runs, at_most: MOST_MS, how: how(percent === 100 ? 'the slowest' : `p${percent}`) });
  }
});

/** Every page of the navigation. */
async function visitPages(page: Page): Promise<void> {
  for (const name of ['sessions', 'graphs', 'people', 'alerts', 'policy', 'audit', 'system', 'wall']) {
    await page.getByTestId(`nav-${name}`).click();
    await expect(page.getByTestId(name)).toBeVisible();
  }
}

/** Filters, then far down the list row by row and window by window, and one session. */
async function visitSessions(page: Page): Promise<void> {
  await page.getByTestId('nav-sessions').click();
  const rows = page.locator('[data-testid=table-sessions] tr[data-index]');
  await expect(rows.first()).toBeVisible();
  for (const [filter, keys] of [
    ['filter-period', ['ArrowDown', 'ArrowDown']],
    ['filter-operator', ['ArrowDown']],
    ['filter-end', ['ArrowDown', 'ArrowDown']],
    ['filter-outcome', ['ArrowDown']],
  ] as const) {
    await page.getByTestId(filter).focus();
    for (const key of keys) await page.keyboard.press(key);
  }
  await page.getByTestId('filter-tag').fill('login');
  await page.keyboard.press('Enter');
  await page.getByTestId('filters-clear').click();
  await expect(rows.first()).toBeVisible();
  const list = page.getByRole('region', { name: 'Sessions' });
  await list.focus();
  for (let press = 0; press < 30; press += 1) await page.keyboard.press('j');
  await list.focus();
  await expect
    .poll(
      async () => {
        for (let press = 0; press < 10; press += 1) await page.keyboard.press('PageDown');
        await page.keyboard.press('End');
        return Number(await rows.last().getAttribute('data-index'));
      },
      { timeout: 120_000, intervals: [50] },
    )
    .toBeGreaterThan(DEEP);
  await expect.poll(() => list.evaluate(rests), 'the list scrolls no more').toBe(true);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('session')).toBeVisible();
  await page.goBack();
  await expect(page.getByTestId('sessions')).toBeVisible();
}

/** Periods and steps, tables, another split, and the way to the sessions behind a bar. */
async function visitGraphs(page: Page): Promise<void> {
  await page.getByTestId('nav-graphs').click();
  const graphs = page.locator('.graphs');
  const answered = async () => {
    await expect(page.locator('[data-graph] :is(svg, table)').first()).toBeVisible();
    await expect(graphs).toHaveAttribute('aria-busy', 'false');
  };
  await answered();
  for (const [filter, keys] of [
    ['filter-period', ['ArrowDown', 'ArrowDown', 'End', 'ArrowUp']],
    ['filter-bucket', ['ArrowDown', 'ArrowUp', 'ArrowUp']],
    ['filter-split', ['ArrowDown', 'ArrowUp']],
    ['filter-operator', ['ArrowDown', 'ArrowUp']],
  ] as const) {
    await page.getByTestId(filter).focus();
    for (const key of keys) {
      await page.keyboard.press(key);
      await answered();
    }
  }
  for (const id of ['sessions', 'ends', 'week']) await page.getByTestId(`table-${id}`).click();
  await page.getByTestId('table-sessions').press('Escape');
  await page.getByTestId('graphs').getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  await page.getByTestId('table-ends').click();
  await page.locator('[data-graph=ends] tbody a').first().click();
  await expect(page.getByTestId('sessions')).toBeVisible();
}

/** Runs in the page: whether nothing moves from one picture to some later one. */
async function rests(list: HTMLElement | SVGElement): Promise<boolean> {
  const before = list.scrollTop;
  for (let picture = 0; picture < 10; picture += 1) await new Promise(requestAnimationFrame);
  return list.scrollTop === before;
}

/** Runs in the page: keeps the longest event of every interaction. */
function listen(): void {
  const interactions = new Map<number, Interaction>();
  Object.assign(globalThis, { interactions });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) {
      if (entry.interactionId === 0 || entry.duration <= (interactions.get(entry.interactionId)?.ms ?? 0)) continue;
      const target =
        entry.target instanceof Element ? entry.target.closest('[data-testid], [data-graph], tr, a') : null;
      const where = target?.getAttribute('data-testid') ?? target?.tagName.toLowerCase() ?? 'page';
      interactions.set(entry.interactionId, { name: `${entry.name} at ${where}`, ms: entry.duration });
    }
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
}

/** What was kept since the page was loaded, once the last picture is painted. */
function felt(page: Page): Promise<Interaction[]> {
  return page.evaluate(async () => {
    await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 100)));
    return [...(globalThis as unknown as { interactions: Map<number, Interaction> }).interactions.values()];
  });
}
