// The page of graphs, read as it stands there: heads, drawings, tables, files.
import { readFile } from 'node:fs/promises';

import type { Page } from '@playwright/test';

import { expect } from '../proof.ts';
import { cellsOf } from './csv.ts';
import type { Question } from './sums.ts';

export interface Shown {
  id: string;
  answer: string;
  /** Unit and note. */
  beside: string;
  keys: { share: string; href: string | null }[];
  /** Everything that is written in the drawing. */
  written: string[];
  head: string[];
  /** `hrefs`: of the cells behind the first, where they have links of their own. */
  rows: { cells: string[]; href: string | null; hrefs: string[] }[];
}

/** The address of a question's graphs. */
export function address({ from, before, bucket, operator, group, device, split }: Question): string {
  const query = new URLSearchParams({ from: String(from), before: String(before), bucket, split });
  if (operator !== undefined) query.set('operator', operator);
  if (group !== undefined) query.set('group', group.id);
  if (device !== undefined) query.set('device', device);
  return `/console/graphs?${query.toString()}`;
}

/** Goes there within the page, as a link would, and waits for the answer. */
export async function ask(page: Page, question: Question): Promise<void> {
  await page.goto(address(question));
  await expect(page.locator('[data-graph] .chart svg').first()).toBeVisible();
  await expect(page.locator('.graphs')).toHaveAttribute('aria-busy', 'false');
}

/** Every graph, its drawing first and then its table. */
export async function read(page: Page): Promise<Shown[]> {
  // What is drawn comes one after the other, and so do the rows of tables.
  const waiting = page.locator('[data-graph] [aria-busy=true]');
  await expect(waiting).toHaveCount(0);
  const drawn = await page.locator('[data-graph]').evaluateAll((cards) =>
    cards.map((card) => {
      const text = (selector: string) =>
        [...card.querySelectorAll(selector)].map(
          (element) => element.textContent?.replaceAll(/\s+/gu, ' ').trim() ?? '',
        );
      return {
        id: card.getAttribute('data-graph') ?? '',
        answer: text('.answer > b').join(),
        beside: text('.answer > span').join(' '),
        keys: [...card.querySelectorAll('.keys li')].map((key) => ({
          share: key.querySelector('b')?.textContent?.trim() ?? '',
          href: key.querySelector('a')?.getAttribute('href') ?? null,
        })),
        written: text('.chart svg text'),
      };
    }),
  );
  await page.keyboard.press('t');
  await expect(page.locator('[data-graph] .chart')).toHaveCount(0);
  await expect(page.locator('[data-graph] table')).toHaveCount(drawn.length);
  await expect(waiting).toHaveCount(0);
  const tables = await page.locator('[data-graph]').evaluateAll((cards) =>
    cards.map((card) => {
      const text = (element: Element) => element.textContent?.trim() ?? '';
      return {
        head: [...card.querySelectorAll('thead th')].map(text),
        rows: [...card.querySelectorAll('tbody tr')].map((row) => ({
          cells: [...row.querySelectorAll('th, td')].map(text),
          href: row.querySelector('th a')?.getAttribute('href') ?? null,
          hrefs: [...row.querySelectorAll('td a')].map((link) => link.getAttribute('href') ?? ''),
        })),
      };
    }),
  );
  return drawn.map((card, place) => ({ ...card, ...(tables[place] ?? { head: [], rows: [] }) }));
}

/** The file that a graph's own menu hands over: its rows, the head first. */
export async function saved(page: Page, id: string): Promise<string[][]> {
  const coming = page.waitForEvent('download');
  await page.getByTestId(`save-${id}`).click();
  await page.getByRole('menuitem').last().click();
  const text = await readFile(await (await coming).path(), 'utf8');
  return cellsOf(text);
}
