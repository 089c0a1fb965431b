// Every page with real data, in three languages, light and dark: nothing is cut, odd or without a name, axe finds nothing,
// and there is a picture of each to look at.
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

import { audit } from '../../screens/audit.ts';
import { hostile } from '../hostile.ts';
import { openOffice } from '../office.ts';
import { alarm, find, stops } from '../pages.ts';
import { hire } from '../person.ts';
import { expect, test as base } from '../proof.ts';
import { stage } from '../stage.ts';
import { signIn } from '../visit.ts';

const test = base.extend<object, { office: undefined }>({
  office: [
    async ({}, use) => {
      const close = await openOffice();
      await use(undefined);
      close();
    },
    { scope: 'worker' },
  ],
});
test.describe.configure({ mode: 'parallel' });

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const demands = { target: 24, scrolls: true };

for (const locale of ['ko', 'ja', 'en'] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(() => {
      test.use({ locale, colorScheme, reducedMotion: 'reduce' } as object);
      test(`every page, ${locale} ${colorScheme}`, async ({ page, office: _ }) => {
        await page.addInitScript({ path: axeSource });
        const administrator = await hire('administrator');
        const look = async (name: string) => {
          expect.soft(await faults(page), `${name} ${locale} ${colorScheme}`).toEqual([]);
          await page.screenshot({ path: join(stage.pictures, `${name}-${locale}-${colorScheme}.png`) });
        };
        await page.goto('/console');
        await expect(page.getByTestId('signin-name')).toBeVisible();
        await look('sign-in');
        await signIn(page, administrator);
        await alarm(page, await hire('operator'));
        const found = await find(page);
        for (const { name, path, there, act } of stops) {
          await page.goto(`/console${path(found)}`);
          await expect(page.locator(there).first()).toBeVisible();
          await expect(page.locator('html')).toHaveAttribute('lang', locale);
          await act?.(page);
          await look(name);
        }
      });
    });
  }
}

async function faults(page: Page): Promise<string[]> {
  const found = await page.evaluate(audit, demands);
  // Other proofs leave odd names behind, which are not our words.
  return [...found.filter((fault) => !hostile.some((name) => fault.includes(name))), ...(await axe(page))];
}

async function axe(page: Page): Promise<string[]> {
  const options: RunOptions = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };
  const result = await page.evaluate<AxeResults, RunOptions>(
    (run) => (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(run),
    options,
  );
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `axe ${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}
