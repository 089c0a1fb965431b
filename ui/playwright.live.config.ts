import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { defineConfig } from '@playwright/test';

import { chromium } from './chromium.ts';
import { stage } from './tests/live/stage.ts';

/** Chromium believes this one key beside what it believes anyway: the key of the stage's broker. */
function pin(certificate: string): string {
  const key = new X509Certificate(readFileSync(certificate)).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

/** What others stand on, and what must not be disturbed by them. */
const alone = ['exports.setup.ts', 'reviews.spec.ts'];

// The console on a real broker with a generated year, which `cargo xtask test --only console` sets up. Debian's Chromium;
// nothing is downloaded.
export default defineConfig({
  outputDir: '../target/ui/live-failures',
  workers: 2,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  projects: [
    { name: 'alone', testDir: 'tests/live/proofs', testMatch: alone, workers: 1, timeout: 1_800_000 },
    { name: 'proofs', testDir: 'tests/live/proofs', testIgnore: alone, dependencies: ['alone'] },
    { name: 'figures', testDir: 'tests/live/figures', workers: 1, timeout: 1_800_000 },
  ],
  use: {
    baseURL: stage.console,
    locale: 'en',
    timezoneId: 'Asia/Seoul',
    viewport: { width: 1440, height: 900 },
    launchOptions: chromium(`--ignore-certificate-errors-spki-list=${pin(stage.certificate)}`),
  },
});
