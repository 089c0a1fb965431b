// Shows what there is in every language, theme and zoom, and audits and photographs each screen.
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
type Theme = (typeof themes)[number];

/** Names, roles and contrast hang on the theme, not on the language: axe, which is slow, sees each theme once. */
const accessible = { light: 'ko', dark: 'en' } as const;

/** Where screens are shown. */
export interface Place {
  name: string;
  width: number;
  height: number;
  /** How far it is zoomed in, in turn. */
  zooms?: readonly number[];
  /** In which themes; both without it. A smaller window of what is shown elsewhere needs one. */
  themes?: readonly Theme[];
  /** The shell makes this window larger with the display's scale, so zoom never takes room away from it. */
  grows?: boolean;
  demands: Demands;
  /** axe rules beyond the usual ones. */
  rules: string[];
}

/** A browser in one language, theme and zoom. */
export interface Showing {
  page: Page;
  language: Language;
  /** Audits what is shown now, and photographs it under this name. */
  look: (name: string) => Promise<void>;
}

export interface Screen {
  name: string;
  view: unknown;
  /** What a person does on it before it is looked at. */
  act?: (page: Page) => Promise<void>;
}

/** A window of an app: its screens are views of its controller. */
export interface Window extends Place {
  url: string;
  settings: (language: Language) => unknown;
  /** A view between any two: what one screen remembers must not colour the next. */
  between: unknown;
  screens: Screen[] | ((language: Language) => Screen[]);
}

declare global {
  interface Window {
    /** What the content security policy refused. */
    violations: string[];
  }
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const pictures = fileURLToPath(new URL('../../../target/ui', import.meta.url));

/** Shows every view of a window, everywhere. */
export function showEverywhere(window: Window): void {
  everywhere(window, async ({ page, language, look }) => {
    const screens = typeof window.screens === 'function' ? window.screens(language) : window.screens;
    await installShell(page, window.settings(language), window.between);
    await page.goto(window.url);
    for (const screen of screens) {
      await page.evaluate((view) => globalThis.window.shell.show(view), window.between);
      await page.evaluate((view) => globalThis.window.shell.show(view), screen.view);
      await page.clock.runFor(1_000);
      await screen.act?.(page);
      await look(screen.name);
    }
  });
}

/** One test for each language, theme and zoom. What fits hangs on language and zoom, so the dark theme is shown at 100 %. */
export function everywhere(place: Place, show: (showing: Showing) => Promise<void>): void {
  for (const language of languages) {
    for (const colorScheme of place.themes ?? themes) {
      for (const zoom of colorScheme === 'dark' ? [1] : (place.zooms ?? [1, 1.5, 2])) {
        test(`${place.name} ${language} ${colorScheme} ${zoom * 100} %`, async ({ browser }) => {
          const shrink = place.grows ? 1 : zoom;
          const context = await browser.newContext({
            colorScheme,
            locale: language,
            deviceScaleFactor: zoom,
            reducedMotion: 'reduce',
            viewport: { width: Math.round(place.width / shrink), height: Math.round(place.height / shrink) },
          });
          const page = await context.newPage();
          const problems = watch(page);
          const judged = zoom === 1 && accessible[colorScheme] === language;
          await prepare(page);
          if (judged) await page.addInitScript({ path: axeSource });
          const look = async (name: string) => {
            const found = await page.evaluate(audit, place.demands);
            if (judged) found.push(...(await axe(page, place.rules)));
            found.push(...(await page.evaluate(() => window.violations.splice(0))));
            problems.push(...found.map((problem) => `${name}: ${problem}`));
            if (zoom === 1) {
              const folder = `${pictures}/${place.name}`;
              mkdirSync(folder, { recursive: true });
              await page.screenshot({
                path: `${folder}/${name}-${language}-${colorScheme}.png`,
                fullPage: place.demands.scrolls ?? false,
              });
            }
          };
          await show({ page, language, look });
          await context.close();
          expect(problems).toEqual([]);
        });
      }
    }
  }
}

/** The clock of a page, and an ear for its content security policy. */
export async function prepare(page: Page): Promise<void> {
  await page.clock.install({ time: new Date('2026-11-21T14:05:00') });
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
    );
  });
}

/** Errors of a page. That the broker refuses something is none. */
export function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (line) => {
    const refusal = line.location().url.includes('/api/v1/');
    if (line.type() === 'error' && !refusal) problems.push(`console: ${line.text()}`);
  });
  return problems;
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
