// What people do in the console, and what the broker is then asked.
import { expect, test, type Page } from '@playwright/test';

import { origin } from './broker.ts';
import { FakeConsoleBroker } from './console-broker.ts';
import { NOW } from './console-data.ts';
import { prepare, watch } from './run.ts';

const MINUTE = 60_000;

interface Stage {
  page: Page;
  broker: FakeConsoleBroker;
}

function play(name: string, run: (stage: Stage) => Promise<void>): void {
  test(`console: ${name}`, async ({ browser }) => {
    const context = await browser.newContext({ locale: 'en', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const problems = watch(page);
    const broker = new FakeConsoleBroker('en');
    await prepare(page);
    await broker.install(page);
    await run({ page, broker });
    problems.push(...(await page.evaluate(() => window.violations)));
    await context.close();
    expect(problems).toEqual([]);
  });
}

const digits = (page: Page) => page.getByTestId('confirm').getByTestId('factor-input').pressSequentially('482916');

play('signs in with a second factor, at the address that was asked for', async ({ page, broker }) => {
  broker.signedIn = false;
  broker.instead.set('POST /console/sign-in', { status: 401, code: 'second_factor_needed' });
  await page.goto(`${origin}/console/sessions?end=lost`);
  await page.getByTestId('signin-name').fill('minji.kim');
  await page.getByTestId('signin-password').fill('harbour lantern quilt');
  await page.keyboard.press('Enter');
  await page.getByTestId('second-step').waitFor();
  broker.instead.clear();
  await page.getByTestId('factor-input').pressSequentially('482916');
  await page.getByTestId('table-sessions').waitFor();
  expect(broker.of('POST', '/console/sign-in').map(({ body }) => body)).toEqual([
    { name: 'minji.kim', password: 'harbour lantern quilt' },
    { name: 'minji.kim', password: 'harbour lantern quilt', second_factor: '482916' },
  ]);
  expect(broker.of('GET', '/sessions')[0]?.query.get('end')).toBe('lost');
  await page.getByTestId('account').click();
  await page.getByTestId('sign-out').click();
  await page.getByTestId('signin').waitFor();
});

play(
  'looks for alerts that arrive after a trial only: an open page must not keep a sign-in alive',
  async ({ page, broker }) => {
    broker.instead.set('POST /alerts/trial', { value: {} });
    await page.goto(`${origin}/console/outlets`);
    await page.getByTestId('outlet-mail').waitFor();
    const looks = () => broker.of('GET', '/outlets').length;
    // A clock that goes on by itself would run into the next look while this one is waited for.
    await page.clock.pauseAt(NOW + MINUTE);
    await page.clock.runFor(5 * MINUTE);
    expect(looks()).toBe(1);
    await page.getByTestId('trial').click();
    await expect.poll(looks).toBe(2);
    for (let look = 3; look <= 17; look += 1) {
      await page.clock.runFor(2_000);
      await expect.poll(looks).toBe(look);
    }
    await page.clock.runFor(5 * MINUTE);
    expect(looks()).toBe(17);
  },
);

play('computes a proof of work that the broker asks for', async ({ page, broker }) => {
  broker.signedIn = false;
  const challenge = 'AAAAAAAB1MAKBwcHBwcHBwcHBwcHBwcHBwkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ';
  broker.instead.set('POST /console/sign-in', { status: 429, code: 'proof_needed', challenge });
  await page.goto(`${origin}/console`);
  await page.getByTestId('signin-name').fill('minji.kim');
  await page.getByTestId('signin-password').fill('harbour lantern quilt');
  await page.getByTestId('signin-submit').click();
  await page.getByTestId('signin-error').waitFor();
  expect(broker.of('POST', '/console/sign-in')[1]?.body).toMatchObject({ proof: { challenge, counter: 711 } });
});

play(
  'asks for the second factor and the reason before it exports, and says them as the broker wants',
  async ({ page, broker }) => {
    await page.goto(`${origin}/console/sessions?period=7d&operator=u-1`);
    await page.getByTestId('export').click();
    await digits(page);
    await page.getByTestId('export-json').check();
    expect(await page.getByTestId('confirm-act').isDisabled()).toBe(true);
    await page.getByTestId('confirm-reason').fill('월간 보고서 – 100 %');
    const download = page.waitForEvent('download');
    await page.getByTestId('confirm-act').click();
    expect((await download).suggestedFilename()).toMatch(/^beside-sessions-2026-11-15-2026-11-21\.json$/u);
    expect(broker.of('POST', '/step-up')[0]?.body).toEqual({ second_factor: '482916' });
    const [asked] = broker.of('GET', '/sessions/export');
    expect(decodeURIComponent(asked?.headers['beside-reason'] ?? '')).toBe('월간 보고서 – 100 %');
    expect(Object.fromEntries(asked?.query ?? [])).toMatchObject({ format: 'json', operator: 'u-1' });
    await page.getByTestId('confirm').waitFor({ state: 'hidden' });
  },
);

play('goes on by itself when the second factor ran out meanwhile', async ({ page, broker }) => {
  broker.steppedUpUntil = NOW + 60 * MINUTE;
  await page.goto(`${origin}/console/people/u-1`);
  broker.instead.set('POST /accounts/u-1/end', { status: 403, code: 'step_up_needed' });
  await page.getByTestId('person-more').click();
  await page.getByTestId('person-end').click();
  await page.getByTestId('confirm-reason').fill('Left the company');
  await page.getByTestId('confirm-act').click();
  await page.getByTestId('confirm').getByTestId('factor-input').waitFor();
  broker.instead.clear();
  await digits(page);
  await page.getByTestId('confirm').waitFor({ state: 'hidden' });
  const ends = broker.of('POST', '/accounts/u-1/end');
  expect(ends).toHaveLength(2);
  expect(ends[1]?.headers['beside-csrf']).toBe('csrf-of-this-sign-in');
});

play('tells before somebody locks themselves out, and does it only when told again', async ({ page, broker }) => {
  broker.steppedUpUntil = NOW + 60 * MINUTE;
  broker.instead.set('POST /groups/g-0/addresses', { status: 409, code: 'would_lock_out' });
  await page.goto(`${origin}/console/groups/g-0`);
  await page.getByTestId('address-range').fill('192.0.2.0/24');
  await page.getByTestId('address-add').click();
  await page.getByTestId('confirm-reason').fill('Branch office');
  await page.getByTestId('confirm-act').click();
  await page.getByTestId('confirm-anyway').waitFor();
  broker.instead.clear();
  await page.getByTestId('confirm-anyway').click();
  await page.getByTestId('confirm').waitFor({ state: 'hidden' });
  const confirmed = broker
    .of('POST', '/groups/g-0/addresses')
    .map(({ body }) => (body as { confirmed: boolean }).confirmed);
  expect(confirmed).toEqual([false, true]);
});

play('is driven by the keyboard alone: rows, a session, and back', async ({ page, broker }) => {
  await page.goto(`${origin}/console/sessions`);
  await page.getByTestId('count').waitFor();
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  await expect(page.locator('tr[data-index="1"] .open')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByTestId('moments').waitFor();
  expect(new URL(page.url()).pathname).toBe(`/console/sessions/${broker.data.sessions[1]?.sid}`);
  await page.goBack();
  await page.getByTestId('table-sessions').waitFor();
  await expect(page.locator('h1')).toBeFocused();
});

play('leads from a bar of a graph and from its table to the sessions behind it', async ({ page, broker }) => {
  await page.goto(`${origin}/console/graphs?period=7d&operator=u-1`);
  await page.getByTestId('table-sessions').focus();
  await page.keyboard.press('t');
  const first = page.locator('[data-graph=sessions] tbody a').first();
  await first.click();
  await page.getByTestId('table-sessions').waitFor();
  const asked = broker.of('GET', '/sessions').at(-1)?.query;
  const day = new Date('2026-11-15T00:00:00').getTime();
  expect(Object.fromEntries(asked ?? [])).toMatchObject({
    operator: 'u-1',
    from: String(day),
    before: String(day + 1_440 * MINUTE),
  });
});

play('keeps a view under a name', async ({ page }) => {
  await page.goto(`${origin}/console/sessions?end=lost`);
  await page.getByTestId('views').click();
  await page.getByTestId('views-save').click();
  await page.getByTestId('view-name').fill('Lost ones');
  await page.getByTestId('view-save').click();
  await page.getByTestId('filters-clear').click();
  await expect(page).toHaveURL(`${origin}/console/sessions`);
  await page.getByTestId('views').click();
  await page.getByRole('menuitem', { name: 'Lost ones' }).click();
  await expect(page).toHaveURL(`${origin}/console/sessions?end=lost`);
});

play('warns before it signs out whoever does nothing, and keeps the place', async ({ page, broker }) => {
  await page.goto(`${origin}/console/audit`);
  await page.getByTestId('count').waitFor();
  await page.clock.fastForward(14 * MINUTE + 5_000);
  await page.getByTestId('ending').waitFor();
  await page.getByTestId('ending-stay').click();
  await page.getByTestId('ending').waitFor({ state: 'hidden' });
  const uses = broker.of('GET', '/own').length;
  await page.clock.fastForward(15 * MINUTE + 1_000);
  await page.getByTestId('signed-out').waitFor();
  // Asking would have counted as use.
  expect(broker.of('GET', '/own')).toHaveLength(uses);
  expect(new URL(page.url()).pathname).toBe('/console/audit');
});

play('shows names from outside as text', async ({ page, broker }) => {
  const hostile = '<img src=x onerror="document.title=1">{{7*7}}';
  for (const session of broker.data.sessions) session.customer_name = hostile;
  broker.data.detail.session.customer_name = hostile;
  await page.goto(`${origin}/console/sessions`);
  await expect(page.getByText(hostile).first()).toBeVisible();
  await page.goto(`${origin}/console/sessions/session-3`);
  await expect(page.locator('h1')).toContainText(hostile);
  expect(await page.locator('img').count()).toBe(0);
});

play('shows a supervisor and an auditor what they may do, and no more', async ({ page, broker }) => {
  broker.role = 'supervisor';
  await page.goto(`${origin}/console`);
  await page.getByTestId('nav-wall').waitFor();
  expect(await page.locator('nav [data-testid^=nav-]').count()).toBe(3);
  broker.role = 'auditor';
  await page.goto(`${origin}/console/people`);
  await page.getByTestId('count').waitFor();
  expect(await page.getByTestId('invite').count()).toBe(0);
  await page.goto(`${origin}/console/reviews/2026-10`);
  await page.getByTestId('sign-off').click();
  await page.getByTestId('review-note').fill('Two exports asked about; both were for the regulator.');
  await page.getByTestId('confirm-act').click();
  await page.getByTestId('confirm').waitFor({ state: 'hidden' });
  expect(broker.of('POST', '/reviews/2026-10/sign-off')[0]?.body).toEqual({
    report_hash: broker.data.review.report_hash,
    note: 'Two exports asked about; both were for the regulator.',
  });
});

play('says when the picture on the wall is old, and connects again', async ({ page, broker }) => {
  let close: (() => Promise<void>) | undefined;
  await page.routeWebSocket('**/api/v1/live/socket?**', (socket) => {
    close = () => socket.close();
    socket.send(JSON.stringify(broker.live));
  });
  await page.goto(`${origin}/console`);
  await page.locator('[data-testid=live][data-live=true]').waitFor();
  await close?.();
  await page.locator('[data-testid=live][data-live=false]').waitFor();
  await expect(page.getByTestId('running')).toBeVisible();
  await page.clock.fastForward(5_000);
  await page.locator('[data-testid=live][data-live=true]').waitFor();
  expect(broker.of('POST', '/live/ticket').length).toBeGreaterThan(1);
});
