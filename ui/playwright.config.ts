import { defineConfig } from '@playwright/test';

export const clientPort = 4731;
export const managerPort = 4732;
export const consolePort = 4733;

const serve = (name: string, port: number) => ({
  command: `npx vite preview ${name} --config ${name}/vite.config.ts --host 127.0.0.1 --port ${port} --strictPort`,
  url: `http://127.0.0.1:${port}/index.html`,
});

// Every screen in three languages, light and dark, at three zooms. Debian's Chromium; nothing is downloaded.
export default defineConfig({
  testDir: 'tests/screens',
  outputDir: '../target/ui/failures',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 180_000,
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: process.env['BESIDE_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: [serve('client', clientPort), serve('manager', managerPort), serve('console', consolePort)],
});
