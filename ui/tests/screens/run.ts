// Shows every view of a window in one language, one theme and one zoom, and audits each.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { expect, test, type Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

import { audit, type Demands } from './audit.ts';
import { installShell } from './shell.ts';

export const languages = ['ko', 'ja', 'en'] as const;
export type Language = (typeof languages)[number];
const themes = ['light', 'dark'] as const;
const zooms = [1, 1.5, 2] as const;

/** Names, roles and contrast hang on the theme, not on the language: axe, which is slow, sees each theme once. */
const accessible = { light: 'ko', dark: 'en' } as const;

export interface Screen {
  name: string;
  view: unknown;
  /** What a person does on it before it is looked at. */
  act?: (page: Page) => Promise<void>;
}

export interface Window {
  name: string;
  url: string;
  width: number;
  height: number;
  /** The shell makes this window larger with the display's scale, so zoom never takes room away from it. */
  grows?: boolean;
  demands: Demands;
  /** axe rules beyond the usual ones. */
  rules: string[];
  settings: (language: Language) => unknown;
  /** A view between any two: what one screen remembers must not colour the next. */
  between: unknown;
  screens: Screen[] | ((language: Language) => Screen[]);
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const pictures = fileURLToPath(new URL('../../../target/ui', import.meta.url));

export function showEverywhere(window: Window): void {
  for (const language of languages) {
    for (const colorScheme of themes) {
      for (const zoom of zooms) {
        test(`${window.name} ${language} ${colorScheme} ${zoom * 100} %`, async ({ browser }) => {
          const screens = typeof window.screens === 'function' ? window.screens(language) : window.screens;
          const shrink = window.grows ? 1 : zoom;
          const context = await browser.newContext({
            colorScheme,
            deviceScaleFactor: zoom,
            reducedMotion: 'reduce',
            viewport: { width: Math.round(window.width / shrink), height: Math.round(window.height / shrink) },
          });
          const page = await context.newPage();
          const problems: string[] = [];
          page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
          page.on('console', (line) => line.type() === 'error' && problems.push(`console: ${line.text()}`));
          await page.clock.install({ time: new Date('2026-11-21T14:05:00') });
          await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
          const judged = zoom === 1 && accessible[colorScheme] === language;
          if (judged) await page.addInitScript({ path: axeSource });
          await installShell(page, window.settings(language), window.between);
          await page.goto(window.url);
          for (const screen of screens) {
            await page.evaluate((view) => globalThis.window.shell.show(view), window.between);
            await page.evaluate((view) => globalThis.window.shell.show(view), screen.view);
            await page.clock.runFor(1_000);
            await screen.act?.(page);
            const found = await page.evaluate(audit, window.demands);
            if (judged) found.push(...(await axe(page, window.rules)));
            problems.push(...found.map((problem) => `${screen.name}: ${problem}`));
            if (zoom === 1 && (colorScheme === 'light' || judged)) {
              const folder = `${pictures}/${window.name}`;
              mkdirSync(folder, { recursive: true });
              await page.screenshot({ path: `${folder}/${screen.name}-${language}-${colorScheme}.png` });
            }
          }
          problems.push(...(await page.evaluate(() => globalThis.window.shell.violations)));
          await context.close();
          expect(problems).toEqual([]);
        });
      }
    }
  }
}

async function axe(page: Page, rules: string[]): Promise<string[]> {
  const options: RunOptions = {
    resultTypes: ['violations'],
    rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: true }])),
  };
  const result = await page.evaluate<AxeResults, RunOptions>(
    (run) => (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run(run),
    options,
  );
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `axe ${violation.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  );
}
