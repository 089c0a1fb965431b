// What the broker's pages do, in a real browser: what they ask, what they keep, and what they must not.
import { readFileSync } from 'node:fs';

import { expect, test, type Page } from '@playwright/test';
import decodeQR from 'qr/decode.js';

import { FakeBroker, choosePassword, goodPassword, kept, opened, origin, recoveryCodes, totp } from './broker.ts';
import { prepare, watch } from './run.ts';

let broker: FakeBroker;
let problems: string[];

test.use({ locale: 'en' });

test.beforeEach(async ({ page }) => {
  broker = new FakeBroker();
  problems = watch(page);
  await prepare(page);
  await broker.install(page);
});

test.afterEach(async ({ page }) => {
  if (page.url() !== 'about:blank') problems.push(...(await page.evaluate(() => window.violations)));
  expect(problems).toEqual([]);
});

async function visitLink(page: Page, changes: Parameters<typeof opened>[0] = {}): Promise<void> {
  broker.open = { value: opened(changes) };
  await page.goto(`${origin}/account#one-time-token`);
}

/** Opened, with a password chosen, at the second factor. */
async function atFactor(page: Page, changes: Parameters<typeof opened>[0] = {}): Promise<void> {
  await visitLink(page, changes);
  await choosePassword(page);
  await page.getByTestId('factor-input').waitFor();
}

/** Goes on by Tab alone until this has the focus. */
async function tabTo(page: Page, testid: string): Promise<void> {
  const target = page.getByTestId(testid);
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${testid} is not reached by Tab`);
}

test('the token leaves the address bar at once, and no request carries it but in a body', async ({ page }) => {
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  await visitLink(page);
  await page.getByTestId('start').waitFor();
  expect(page.url()).toBe(`${origin}/account`);
  expect(await page.evaluate(() => history.length)).toBe(2);
  expect(broker.asked).toEqual([{ path: '/account-link/open', body: { token: 'one-time-token' } }]);
  expect(urls.length).toBeGreaterThan(4);
  expect(urls.filter((url) => url.includes('one-time-token'))).toEqual([]);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
});

test('a page without a token asks for the link, and takes one that is pasted over it', async ({ page }) => {
  broker.open = { value: opened() };
  await page.goto(`${origin}/account`);
  await expect(page.locator('[data-error=missing]')).toBeVisible();
  expect(broker.asked).toEqual([]);
  await page.goto(`${origin}/account#pasted`);
  await page.getByTestId('start').waitFor();
  expect(page.url()).toBe(`${origin}/account`);
  expect(broker.bodies('/account-link/open')).toEqual([{ token: 'pasted' }]);
});

test('the whole link by the keyboard alone', async ({ page }) => {
  broker.finish = { value: { recovery_codes: recoveryCodes } };
  await visitLink(page);
  await page.getByTestId('start').waitFor();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await tabTo(page, 'start');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('password-input')).toBeFocused();
  await page.keyboard.type(goodPassword);
  await tabTo(page, 'repeated-input');
  await page.keyboard.type(goodPassword);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('new-factor').getByRole('heading')).toBeFocused();
  await tabTo(page, 'factor-input');
  await page.keyboard.type('482916');
  await expect(page.getByTestId('codes').getByRole('heading')).toBeFocused();
  await tabTo(page, 'kept');
  await page.keyboard.press('Space');
  await tabTo(page, 'done');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('account-done').getByRole('heading')).toBeFocused();
  await expect(page.getByTestId('done-broker')).toHaveText(new URL(origin).host);
  expect(broker.bodies('/account-link/finish')).toEqual([
    { token: 'one-time-token', password: goodPassword, second_factor: '482916' },
  ]);
});

test('names and reasons from elsewhere stay text', async ({ page }) => {
  const hostile = `<img src=x onerror="alert(1)">"><script>alert(2)</script>{@html x}`;
  page.on('dialog', () => problems.push('a script of the name ran'));
  broker.finish = { value: { recovery_codes: ['<b>one</b>', hostile] } };
  await visitLink(page, { name: hostile });
  await expect(page.getByTestId('account-name')).toHaveText(hostile);
  await choosePassword(page);
  await page.getByTestId('factor-input').pressSequentially('482916');
  await expect(page.getByTestId('recovery-codes').getByRole('listitem').nth(1)).toHaveText(hostile);
  await page.getByTestId('kept').check();
  await page.getByTestId('done').click();
  await expect(page.getByTestId('done-name')).toHaveText(hostile);
  broker.about = {
    value: { organisation: hostile, security_contact: 'javascript:alert(3)', privacy_contact: hostile },
  };
  await page.goto(`${origin}/`);
  await expect(page.getByTestId('organisation')).toHaveText(hostile);
  await expect(page.getByTestId('privacy-contact')).toHaveText(hostile);
  expect(await page.locator('img, [data-testid=security-contact] a').count()).toBe(0);
});

test('a password is judged as it is typed, and the button says what is missing', async ({ page }) => {
  broker.judge = (password) =>
    password === goodPassword
      ? { value: { accepted: true, reasons: [] } }
      : { value: { accepted: false, reasons: ['breached', 'of a newer broker'] as never } };
  await visitLink(page);
  await page.getByTestId('start').click();
  await page.getByTestId('password-submit').click();
  await expect(page.getByTestId('verdict')).toContainText('Type a password first');
  await page.keyboard.type('password');
  await expect(page.getByTestId('verdict')).toHaveText('4 more to go');
  await page.keyboard.type('password');
  await page.clock.runFor(500);
  await expect(page.getByTestId('verdict')).toContainText('stolen data');
  await expect(page.getByTestId('verdict')).toContainText('easy to guess');
  await page.getByTestId('password-submit').click();
  await expect(page.getByTestId('password-input')).toBeFocused();
  await expect(page.getByTestId('password-input')).toHaveAttribute('aria-invalid', 'true');
  await page.getByTestId('password-input').fill(goodPassword);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('repeated-state')).toContainText('not the same');
  await expect(page.getByTestId('repeated-input')).toBeFocused();
  expect(broker.bodies('/account-link/judge')).toEqual([
    { token: 'one-time-token', password: 'passwordpassword' },
    { token: 'one-time-token', password: goodPassword },
  ]);
});

test('a password that was made is shown, repeated and copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visitLink(page, { rules: { minimum_length: 12, mixed: true } });
  await page.getByTestId('start').click();
  await expect(page.getByTestId('password-input')).toHaveAttribute('type', 'password');
  await page.getByTestId('make').click();
  const made = await page.getByTestId('password-input').inputValue();
  expect(made).toMatch(/^(\w{5}-){3}\w{5}$/u);
  await expect(page.getByTestId('password-input')).toHaveAttribute('type', 'text');
  await expect(page.getByTestId('repeated-input')).toHaveValue(made);
  await page.getByTestId('copy-password').click();
  await expect(page.getByTestId('copy-password')).toHaveText(/Copied/u);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(made);
  await page.getByTestId('password-submit').click();
  await page.getByTestId('factor-input').pressSequentially('482916');
  await page.getByTestId('account-done').waitFor();
  expect(broker.bodies('/account-link/finish')).toMatchObject([{ password: made }]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a camera reads the secret off the ${colorScheme} screen`, async ({ page, context }) => {
    await page.emulateMedia({ colorScheme });
    await atFactor(page);
    expect((await page.getByTestId('secret').innerText()).replace(/\s/gu, '')).toBe(totp.secret);
    await expect(page.getByTestId('open-app')).toBeHidden();
    const png = await page.getByTestId('new-factor').locator('svg[role=img]').screenshot();
    // Pixels come from a page of their own: this one may not even load what the test made.
    const scratch = await context.newPage();
    const seen = await scratch.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      drawing?.drawImage(bitmap, 0, 0);
      const pixels = drawing?.getImageData(0, 0, bitmap.width, bitmap.height);
      return { width: bitmap.width, height: bitmap.height, data: [...(pixels?.data ?? [])] };
    }, png.toString('base64'));
    expect(decodeQR({ ...seen, data: Uint8ClampedArray.from(seen.data) })).toBe(totp.uri);
  });
}

test.describe('on a telephone', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test('the app can be opened right there', async ({ page }) => {
    await atFactor(page);
    await expect(page.getByTestId('open-app')).toBeVisible();
    expect(await page.getByTestId('open-app').getAttribute('href')).toBe(totp.uri);
  });
});

test('a wrong code stays and empties the boxes; skipping is only where it may be', async ({ page }) => {
  await atFactor(page);
  await expect(page.getByTestId('skip')).toHaveCount(0);
  broker.finish = { status: 401, code: 'second_factor_refused' };
  await page.getByTestId('factor-input').pressSequentially('482916');
  await expect(page.getByTestId('factor-error')).toContainText('used before');
  await expect(page.getByTestId('factor-input')).toHaveValue('');
  await expect(page.getByTestId('factor-input')).toBeFocused();
  await page.getByTestId('back').click();
  await expect(page.getByTestId('password-input')).toHaveValue('');

  await page.goto('about:blank');
  await atFactor(page, { second_factor: 'possible', role: 'auditor' });
  broker.finish = { value: { recovery_codes: [] } };
  await page.getByTestId('skip').click();
  await expect(page.getByTestId('account-done')).toContainText('console');
  expect(broker.bodies('/account-link/finish').at(-1)).toMatchObject({ second_factor: null });
});

test('a second factor that is kept is asked for, or a recovery code', async ({ page }) => {
  await atFactor(page, kept);
  broker.finish = { status: 401, code: 'second_factor_refused' };
  await page.keyboard.type('482916');
  await expect(page.getByTestId('factor-error')).toBeVisible();
  await page.getByTestId('factor-turn').click();
  broker.finish = { value: { recovery_codes: [] } };
  await page.keyboard.type('kmrt-x7wd');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('account-done')).toContainText('old password');
  const answers = broker
    .bodies('/account-link/finish')
    .map((body) => (body as { second_factor: string }).second_factor);
  expect(answers).toEqual(['482916', 'kmrt-x7wd']);
});

test('recovery codes can be printed, copied and saved, and are not left by accident', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.addInitScript(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', 'yes');
  });
  broker.finish = { value: { recovery_codes: recoveryCodes } };
  await atFactor(page);
  await page.getByTestId('factor-input').pressSequentially('482916');
  await page.getByTestId('copy-codes').click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  for (const words of [...recoveryCodes, 'minji.kim', new URL(origin).host]) expect(copied).toContain(words);

  const download = page.waitForEvent('download');
  await page.getByTestId('download').click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('beside-recovery-codes.txt');
  expect(readFileSync(await file.path(), 'utf8').replaceAll('\r\n', '\n')).toBe(copied.replaceAll('\r\n', '\n'));

  await page.getByTestId('print').click();
  expect(await page.evaluate(() => document.documentElement.dataset['printed'])).toBe('yes');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const printed = await page.locator('body').innerText();
  for (const words of [...recoveryCodes, 'minji.kim', new URL(origin).host]) expect(printed).toContain(words);
  for (const words of ['Done', 'Copy', '日本語', 'Step']) expect(printed).not.toContain(words);
  await page.screenshot({ path: '../target/ui/console-end/5-codes-printed.png' });
  await page.emulateMedia({ media: 'screen' });

  await page.getByTestId('done').click();
  await expect(page.getByTestId('remind')).toBeVisible();
  await expect(page.getByTestId('kept')).toBeFocused();
  const held = page.waitForEvent('dialog');
  const leaving = page.close({ runBeforeUnload: true });
  const dialog = await held;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await leaving;
  await page.getByTestId('kept').check();
  await page.getByTestId('done').click();
  await expect(page.getByTestId('account-done')).toBeVisible();
  expect(await page.locator('body').innerText()).not.toContain(recoveryCodes[0]);
});

test('a broker that is away, silent or busy can be asked again', async ({ page }) => {
  broker.open = 'cut';
  await page.goto(`${origin}/account#one-time-token`);
  await expect(page.locator('[data-error=broker_unreachable]')).toBeVisible();
  broker.open = 'silent';
  await page.getByTestId('retry').click();
  await page.clock.runFor(9_000);
  await expect(page.getByTestId('retry')).toHaveCount(0);
  await page.clock.runFor(1_500);
  await expect(page.locator('[data-error=broker_unreachable]')).toBeVisible();
  broker.open = { status: 503, code: 'overloaded', retry_after: 20 };
  await page.getByTestId('retry').click();
  await expect(page.getByTestId('retry')).toBeDisabled();
  await page.clock.runFor(21_000);
  broker.open = { value: opened() };
  await page.getByTestId('retry').click();
  await page.getByTestId('start').waitFor();
  const tokens = broker.bodies('/account-link/open').map((body) => (body as { token: string }).token);
  expect(tokens).toEqual(Array(4).fill('one-time-token'));
});

test('what is no answer of a broker is said to be none', async ({ page }) => {
  await page.route('**/api/v1/about', (route) => route.fulfill({ status: 502, body: '<html>Bad gateway</html>' }));
  await page.goto(`${origin}/`);
  await expect(page.getByTestId('trouble')).toHaveAttribute('data-error', 'broker_misbehaved');
});

test('the language is the browser’s until another is chosen, and then remembered', async ({ browser }) => {
  for (const [locale, first] of [
    ['ja-JP', 'ja'],
    ['ko', 'ko'],
    ['fr-FR', 'en'],
  ] as const) {
    const context = await browser.newContext({ locale });
    const other = await context.newPage();
    await broker.install(other);
    await other.goto(`${origin}/`);
    await expect(other.locator('html')).toHaveAttribute('lang', first);
    await other.getByTestId('language-ko').click();
    await expect(other.getByRole('heading', { level: 1 })).toHaveText('원격 지원');
    await other.goto(`${origin}/account`);
    await expect(other.locator('html')).toHaveAttribute('lang', 'ko');
    await context.close();
  }
});

test('words already on the screen change with the language, and what was typed stays', async ({ page }) => {
  await visitLink(page);
  await page.getByTestId('start').click();
  await page.getByTestId('password-input').fill(goodPassword);
  await page.getByTestId('language-ja').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('パスワードを決めてください');
  await expect(page.getByTestId('password-input')).toHaveValue(goodPassword);
  await expect(page).toHaveTitle('アカウントを設定してください · Beside');
});
