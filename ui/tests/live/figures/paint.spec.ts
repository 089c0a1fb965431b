// How long until there is something to see, with nothing in the browser's cache and with everything, and until what was
// asked for stands there. And what the wall costs a line.
import type { Browser, BrowserContext, Page } from '@playwright/test';

import { hire } from '../person.ts';
import { expect, test, watch } from '../proof.ts';
import { stage } from '../stage.ts';
import { signIn } from '../visit.ts';
import { record, RUNS } from './record.ts';

const PAINT_MOST_MS = 1_000;
const WALL_MOST_KB = 350;

/** A page, and what stands there once its answer has come. */
interface Measured {
  name: string;
  path: string;
  there: string;
}

const inside: Measured[] = [
  { name: 'wall', path: '/console', there: '[data-testid=figure-waiting]' },
  { name: 'sessions', path: '/console/sessions', there: '[data-testid=table-sessions] tr[data-index]' },
  { name: 'graphs', path: '/console/graphs', there: '[data-graph] svg text' },
  { name: 'graphs_year', path: '/console/graphs?period=year', there: '[data-graph] svg text' },
];
const outside: Measured = { name: 'sign_in', path: '/console', there: '[data-testid=signin-name]' };

type Kept = Awaited<ReturnType<BrowserContext['storageState']>>;

test('first paint and first answer', async ({ browser, page }) => {
  await signIn(page, await hire('administrator'));
  const signedIn = await page.context().storageState();
  for (const [measured, kept] of [[outside, undefined], ...inside.map((one) => [one, signedIn])] as [
    Measured,
    Kept | undefined,
  ][]) {
    const cold: Seen[] = [];
    const warm: Seen[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await fresh(browser, kept, async (fresh) => {
        cold.push(await look(fresh, measured));
        warm.push(await look(fresh, measured));
      });
    }
    for (const [how, seen] of [
      ['cold', cold],
      ['warm', warm],
    ] as const) {
      const of = `${measured.path} over HTTPS on loopback, ${how} cache, ${stage.sessions} sessions`;
      record({
        name: `${measured.name}_paint_${how}`,
        unit: 'ms',
        runs: seen.map(({ paint }) => paint),
        at_most: PAINT_MOST_MS,
        how: `first contentful paint of ${of}`,
      });
      record({
        name: `${measured.name}_answer_${how}`,
        unit: 'ms',
        runs: seen.map(({ there }) => there),
        at_most: null,
        how: `until ${measured.there} is there, of ${of}`,
      });
    }
    if (measured.name === 'wall') {
      record({
        name: 'wall_javascript',
        unit: 'KB',
        runs: cold.map(({ script }) => script / 1_000),
        at_most: WALL_MOST_KB,
        how: `encoded bodies of the ${cold[0]?.scripts ?? 0} scripts that a browser with an empty cache fetched for the wall`,
      });
    }
  }
});

async function fresh(browser: Browser, kept: Kept | undefined, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ ...(kept && { storageState: kept }) });
  const problems = await watch(context);
  await context.addInitScript(
    note,
    [outside, ...inside].map(({ there }) => there),
  );
  await use(await context.newPage());
  await context.close();
  expect(problems).toEqual([]);
}

/** Runs in the page: when did the first of each of these stand there? */
function note(selectors: string[]): void {
  const stood = new Map<string, number>();
  Object.assign(globalThis, { stood });
  new MutationObserver(() => {
    for (const selector of selectors)
      if (!stood.has(selector) && document.querySelector(selector)) stood.set(selector, performance.now());
  }).observe(document, { subtree: true, childList: true });
}

interface Seen {
  paint: number;
  there: number;
  script: number;
  scripts: number;
}

/** Opens a page in a tab of its own and reads the browser's own clock. */
async function look(page: Page, { path, there }: Measured): Promise<Seen> {
  await page.goto('about:blank');
  await page.goto(path);
  await page.locator(there).first().waitFor();
  return page.evaluate(async (selector) => {
    const painted = await new Promise<number>((seen) => {
      new PerformanceObserver((list, observer) => {
        const entry = list.getEntriesByName('first-contentful-paint')[0];
        if (!entry) return;
        observer.disconnect();
        seen(entry.startTime);
      }).observe({ type: 'paint', buffered: true });
    });
    const { stood } = globalThis as unknown as { stood: Map<string, number> };
    const scripts = performance
      .getEntriesByType('resource')
      .filter((entry): entry is PerformanceResourceTiming => new URL(entry.name).pathname.endsWith('.js'));
    return {
      paint: painted,
      there: stood.get(selector) ?? Number.NaN,
      script: scripts.reduce((sum, entry) => sum + entry.encodedBodySize, 0),
      scripts: scripts.length,
    };
  }, there);
}
