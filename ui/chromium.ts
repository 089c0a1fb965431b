// Debian's Chromium for every test in a browser; nothing is downloaded, and it asks nobody for anything.

export const chromium = (...more: string[]) => ({
  executablePath: process.env['BESIDE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...more,
  ],
});
