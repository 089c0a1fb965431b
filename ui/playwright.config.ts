import { defineConfig } from '@playwright/test';

import { chromium } from './chromium.ts';

export const clientPort = 4731;
export const managerPort = 4732;
export const consolePort = 4733;

const serve = (name: string, port: number) => ({
  command: `npx vite preview ${name} --config ${name}/vite.config.ts --host 127.0.0.1 --port ${port} --strictPort`,
  url: `http://127.0.0.1:${port}/index.html`,
});

// Every screen in three languages, light and dark, at three zooms.
export default defineConfig({
  testDir: 'tests/screens',
  outputDir: '../target/ui/failures',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 180_000,
  reporter: 'list',
  use: {
    launchOptions: chromium(),
  },
  webServer: [serve('client', clientPort), serve('manager', managerPort), serve('console', consolePort)],
});
