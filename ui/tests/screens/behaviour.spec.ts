// What screens do, in a real browser: what a press tells the controller, and what it must not.
import { expect, test, type Page } from '@playwright/test';

import type { ClientView } from '../../kit/src/generated/ClientView.ts';
import type { ManagerView } from '../../kit/src/generated/ManagerView.ts';
import type { PageInput } from '../../kit/src/generated/PageInput.ts';
import type { SessionView } from '../../kit/src/generated/SessionView.ts';
import { clientPort, managerPort } from '../../playwright.config.ts';
import { casts } from './people.ts';
import { gradient } from './picture.ts';
import { prepare } from './run.ts';
import { installShell, type Told } from './shell.ts';

const { organisation, helper } = casts.en;

const told = (page: Page): Promise<Told[]> => page.evaluate(() => window.shell.told);
const commands = async (page: Page) => (await told(page)).map(({ command }) => command);
const inputs = async (page: Page) =>
  (await told(page)).flatMap(({ command, args }) =>
    command === 'send_input' ? (args as { events: PageInput[] }).events : [],
  );
const show = (page: Page, view: ClientView | ManagerView) => page.evaluate((next) => window.shell.show(next), view);

async function open(page: Page, url: string, settings: unknown, view: unknown): Promise<void> {
  await prepare(page);
  await installShell(page, settings, view);
  await page.goto(url);
}

const openClient = (page: Page, view: ClientView, name = 'index') =>
  open(page, `http://127.0.0.1:${clientPort}/${name}.html`, { language: 'en', stop_key: 'Ctrl+Alt+F12' }, view);

const openManager = (page: Page, view: ManagerView) =>
  open(page, `http://127.0.0.1:${managerPort}/index.html`, { language: 'en' }, view);

function work(changes: Partial<SessionView>): ManagerView {
  return {
    screen: 'work',
    desk: {
      operator: 'Minji Kim',
      code: { code: '482916', left_ms: 504_000, life_ms: 600_000 },
      knocks: [],
      away: false,
      connected: true,
      delay_ms: 11,
      notice: null,
      recent: [],
      tags: [],
    },
    sessions: [
      {
        sid: 'b1',
        name: 'Rosa Whitfield',
        address: '203.0.113.58',
        check: { state: 'matched' },
        consent: { state: 'allowed' },
        again: false,
        since_ms: 0,
        rights: [
          { right: 'view', state: 'on', left_ms: 1_800_000, lease_ms: 1_800_000 },
          { right: 'control', state: 'on', left_ms: 900_000, lease_ms: 900_000 },
        ],
        path: 'relay',
        delay_ms: 18,
        frames: 30,
        held: null,
        displays: [],
        end: null,
        noting: { state: 'open' },
        ...changes,
      },
    ],
  };
}

test('an answer takes no press before it is armed, by mouse or by key', async ({ page }) => {
  await openClient(page, { screen: 'starting', helper, alone: false });
  await page.clock.pauseAt(new Date('2026-11-21T15:00:00'));
  await show(page, { screen: 'allow', helper, seconds: 1_800, left_ms: 60_000 });
  const allow = page.getByTestId('allow');
  await page.clock.runFor(700);
  await allow.click({ force: true });
  await allow.press('Enter');
  await page.getByTestId('refuse').click({ force: true });
  expect(await commands(page)).toEqual([]);
  await expect(allow).toHaveAttribute('aria-disabled', 'true');
  await page.clock.runFor(200);
  await expect(allow).toHaveAttribute('aria-disabled', 'false');
  await allow.click();
  expect(await told(page)).toEqual([{ command: 'answer', args: { allow: true } }]);
});

test('an answer that is not armed yet can be read under the pointer', async ({ page }) => {
  await openClient(page, { screen: 'starting', helper, alone: false });
  await page.clock.pauseAt(new Date('2026-11-21T15:00:00'));
  await show(page, { screen: 'allow', helper, seconds: 1_800, left_ms: 60_000 });
  const allow = page.getByTestId('allow');
  await allow.hover({ force: true });
  await page.waitForFunction(() => document.getAnimations().length === 0);
  const colours = await allow.evaluate((button) => {
    const { color, backgroundColor } = getComputedStyle(button);
    return { color, backgroundColor, surface: getComputedStyle(document.body).backgroundColor };
  });
  expect(await allow.evaluate((button) => button.matches(':hover'))).toBe(true);
  expect(colours.backgroundColor).toBe(colours.surface);
  expect(colours.color).not.toBe(colours.backgroundColor);
});

test('yes and no are the same size', async ({ page }) => {
  await openClient(page, { screen: 'allow', helper, seconds: 1_800, left_ms: 60_000 });
  const [yes, no] = [await page.getByTestId('allow').boundingBox(), await page.getByTestId('refuse').boundingBox()];
  expect([yes?.width, yes?.height, yes?.x]).toEqual([no?.width, no?.height, no?.x]);
});

test('a pasted code submits itself, and a refusal empties the boxes and tells what was typed', async ({ page }) => {
  const code: ClientView = {
    screen: 'code',
    organisation,
    error: null,
    busy: false,
    device: 'K7Q2-9XMB-41TD',
    offered: null,
  };
  await openClient(page, code);
  await page.keyboard.insertText('482 961');
  expect(await told(page)).toEqual([{ command: 'submit_code', args: { code: '482961' } }]);
  await show(page, { ...code, busy: true });
  await page.keyboard.type('1');
  await show(page, { ...code, error: 'code_refused' });
  await expect(page.getByTestId('code-error')).toContainText('482 961');
  await expect(page.getByTestId('code-input')).toHaveValue('');
  await expect(page.getByTestId('code-input')).toBeFocused();
});

test('a code that came in a link is tried when the customer says so, and not before', async ({ page }) => {
  const code: ClientView = { screen: 'code', organisation, error: null, busy: false, device: null, offered: '482916' };
  await openClient(page, code);
  expect(await told(page)).toEqual([]);
  await page.getByTestId('code-offered').click();
  expect(await told(page)).toEqual([{ command: 'submit_code', args: { code: '482916' } }]);
  await show(page, { ...code, busy: true, offered: null });
  await expect(page.getByTestId('code-offered')).toHaveCount(0);
});

test('the computer has an ID that a customer can be rid of', async ({ page }) => {
  const code: ClientView = {
    screen: 'code',
    organisation,
    error: null,
    busy: false,
    device: 'K7Q2-9XMB-41TD',
    offered: null,
  };
  await openClient(page, code);
  await page.getByTestId('device').click();
  await expect(page.getByTestId('device-id')).toHaveText('K7Q2-9XMB-41TD');
  await page.getByTestId('device-renew').click();
  expect(await told(page)).toEqual([{ command: 'renew_device', args: {} }]);
  await show(page, { ...code, device: '1TDK-7Q29-XMB4' });
  await expect(page.getByTestId('device-id')).toHaveText('1TDK-7Q29-XMB4');
  await expect(page.getByRole('status').first()).not.toBeEmpty();
  await page.getByTestId('device-back').click();
  await expect(page.getByTestId('code-input')).toBeVisible();
});

test('another language repaints every word and is remembered', async ({ page }) => {
  await openClient(page, {
    screen: 'code',
    organisation,
    error: null,
    busy: false,
    device: 'K7Q2-9XMB-41TD',
    offered: null,
  });
  await page.getByTestId('language-ja').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('6桁の数字');
  expect(await told(page)).toEqual([{ command: 'set_language', args: { language: 'ja' } }]);
});

test('a request opens the pill, and Stop stays in it', async ({ page }) => {
  const session: ClientView = {
    screen: 'session',
    helper,
    since_ms: 0,
    rights: [{ right: 'view', left_ms: 60_000, lease_ms: 1_800_000, forbidden: false }],
    request: null,
    path: 'relay',
    held: null,
  };
  await openClient(page, session, 'pill');
  await show(page, { ...session, request: { right: 'control', seconds: 900, reason: 'The printer' } });
  await page.clock.runFor(900);
  await page.getByTestId('request-deny').click();
  await page.getByTestId('pill-stop').click();
  expect(await told(page)).toEqual([
    { command: 'resize_pill', args: { open: false } },
    { command: 'resize_pill', args: { open: true } },
    { command: 'answer_request', args: { right: 'control', allow: false } },
    { command: 'stop', args: {} },
  ]);
});

test('the closed pill looks the same in a window of any height', async ({ page }) => {
  const rights = [{ right: 'view', left_ms: 60_000, lease_ms: 1_800_000, forbidden: false }] as const;
  const session: ClientView = {
    screen: 'session',
    helper,
    since_ms: 0,
    rights: [...rights],
    request: null,
    path: 'relay',
    held: null,
  };
  await openClient(page, session, 'pill');
  const places = async (height: number) => {
    await page.setViewportSize({ width: 520, height });
    return [await page.locator('.strip').boundingBox(), await page.getByTestId('pill-stop').boundingBox()];
  };
  const asDrawn = await places(120);
  expect(asDrawn[0]?.y).toBe(68);
  for (const height of [68, 240, 420]) expect(await places(height)).toEqual(asDrawn);
});

test('times go on by themselves between views', async ({ page }) => {
  const desk = { ...work({}), sessions: [] } as ManagerView;
  await openManager(page, desk);
  await page.clock.pauseAt(new Date('2026-11-21T15:00:00'));
  await show(page, desk);
  await expect(page.getByTestId('code-left')).toHaveText('8:24 left');
  await page.clock.runFor(30_000);
  await expect(page.getByTestId('code-left')).toHaveText('7:54 left');
});

test('a code that ran out while nobody was there is replaced when somebody is', async ({ page }) => {
  const alone = work({});
  if (alone.screen !== 'work') throw new Error('no desk');
  const lapsed = (away: boolean) => ({ ...alone, desk: { ...alone.desk, code: null, away }, sessions: [] });
  await openManager(page, { ...alone, sessions: [] });
  await page.clock.pauseAt(new Date('2026-11-21T15:00:00'));
  await page.mouse.move(100, 100);
  await show(page, lapsed(true));
  await page.clock.runFor(3_000);
  await page.mouse.move(200, 200);
  await show(page, lapsed(false));
  await page.clock.runFor(1_000);
  await page.mouse.move(300, 300);
  expect(await commands(page)).not.toContain('new_code');
  await page.clock.runFor(1_500);
  expect(await commands(page)).not.toContain('new_code');
  await page.mouse.move(400, 300);
  await page.mouse.move(410, 300);
  expect((await commands(page)).filter((command) => command === 'new_code')).toHaveLength(1);
});

test('a note is one step by keyboard, and only the session in front is saved', async ({ page }) => {
  const over = { end: { by: 'customer', reason: 'stopped' } } as const;
  const both = work(over);
  if (both.screen !== 'work') throw new Error('no desk');
  const [first] = both.sessions as [SessionView];
  await openManager(page, { ...both, sessions: [first, { ...first, sid: 'b2' }] });
  const front = page.locator('[data-testid=session-ended]:visible');
  await front.getByTestId('outcome-solved').press('Enter');
  await front.getByTestId('tag-add').press('Enter');
  await page.keyboard.type('  two   words ');
  await page.keyboard.press('Enter');
  await expect(front.getByTestId('tag-add')).toBeFocused();
  await front.getByTestId('note').fill('It is done.');
  await page.keyboard.press('Control+Enter');
  const notes = (await told(page)).filter(({ command }) => command === 'note_session');
  const sid = await front.getAttribute('data-sid');
  expect(notes.map(({ args }) => args)).toEqual([
    { sid, note: { outcome: 'solved', tags: ['two words'], text: 'It is done.' } },
  ]);
});

test('a rating is two taps, each of them an answer already', async ({ page }) => {
  const view: ClientView = {
    screen: 'ended',
    helper: { organisation, name: helper.name },
    end: { by: 'customer', reason: 'stopped' },
    lasted_ms: 60_000,
    rating: { rating: {}, state: 'open' },
  };
  await openClient(page, view);
  await page.getByTestId('rate-yes').click();
  await show(page, { ...view, rating: { rating: { solved: true }, state: 'sent' } });
  await expect(page.getByTestId('rate-state')).toHaveText('Thank you. Your answer is with us.');
  await page.getByTestId('rate-fair').click();
  const rated = (await told(page)).filter(({ command }) => command === 'rate');
  expect(rated.map(({ args }) => args)).toEqual([
    { rating: { solved: true } },
    { rating: { solved: true, felt: 'fair' } },
  ]);
});

test('the second step takes six digits or a recovery code, and Escape leaves it', async ({ page }) => {
  const step: ManagerView = {
    screen: 'sign_in',
    broker: 'support.daonbank.example:443',
    name: 'minji.kim',
    error: null,
    busy: false,
    step: 'second_factor',
  };
  await openManager(page, step);
  await page.keyboard.type('482916');
  await show(page, { ...step, busy: true });
  await expect(page.getByTestId('second-step')).toContainText('Signing in');
  await show(page, { ...step, error: 'second_factor_refused' });
  await expect(page.getByTestId('factor-error')).toContainText('used before');
  await expect(page.getByTestId('factor-input')).toHaveValue('');
  await page.getByTestId('factor-turn').click();
  await expect(page.getByTestId('factor-error')).toHaveCount(0);
  await page.keyboard.type(' kmrt-x7wd ');
  await page.keyboard.press('Enter');
  await show(page, { ...step, busy: true });
  await show(page, { ...step, error: 'second_factor_refused' });
  await expect(page.getByTestId('factor-error')).toContainText('recovery code');
  await page.keyboard.press('Escape');
  expect(await told(page)).toEqual([
    { command: 'answer_second_factor', args: { answer: '482916' } },
    { command: 'answer_second_factor', args: { answer: 'kmrt-x7wd' } },
    { command: 'cancel_sign_in', args: {} },
  ]);
});

test('only a match or the end leaves the check', async ({ page }) => {
  const type = { state: 'type', tries_left: 3, mismatch: false, typed_code: false } as const;
  await openManager(page, work({ check: type, since_ms: null }));
  const dialog = page.getByTestId('check-dialog');
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 500);
  await page.mouse.click(60, 20);
  await expect(dialog).toBeVisible();
  await expect(page.getByTestId('screen-canvas')).toHaveCount(0);
  await page.getByTestId('check-input').pressSequentially('123456');
  expect(await told(page)).toEqual([{ command: 'type_number', args: { sid: 'b1', number: '123456' } }]);
  await show(page, work({ check: { ...type, mismatch: true, tries_left: 2 }, since_ms: null }));
  await expect(page.getByTestId('check-input')).toHaveValue('');
  await show(page, work({}));
  await expect(dialog).toBeHidden();
});

test('the picture is drawn exactly, and the operator’s hands reach it', async ({ page }) => {
  await page.setViewportSize({ width: 1200, height: 800 });
  await openManager(page, work({}));
  const bytes = gradient(480, 270);
  // Then: a copy down by ten rows that overlaps itself.
  const u32 = (...values: number[]) => values.flatMap((value) => [value & 255, (value >> 8) & 255, 0, 0]);
  await page.evaluate((first) => window.shell.picture(first), bytes);
  const canvas = page.getByTestId('screen-canvas');
  await expect(canvas).toHaveAttribute('width', '480');
  await page.evaluate((next) => window.shell.picture(next), [...u32(480, 270, 2, 1), ...u32(1, 0, 10, 480, 200, 0, 0)]);
  const pixel = (x: number, y: number) =>
    canvas.evaluate(
      (element, at) => [
        ...((element as HTMLCanvasElement).getContext('2d')?.getImageData(at.x, at.y, 1, 1).data ?? []),
      ],
      { x, y },
    );
  await expect.poll(() => pixel(200, 60)).toEqual([238, 242, 247, 255]);
  expect(await pixel(1, 9)).toEqual(await pixel(1, 19));

  await page.getByTestId('size-actual').click();
  const box = await canvas.boundingBox();
  expect([box?.width, box?.height]).toEqual([480, 270]);
  const [x, y] = [(box?.x ?? 0) + 100, (box?.y ?? 0) + 50];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 900, y + 10);
  await page.mouse.up();
  await page.keyboard.down('Shift');
  await page.keyboard.press('F5');
  await page.keyboard.up('Shift');
  await page.clock.runFor(50);
  const events = await inputs(page);
  expect(events.filter((event) => event.type !== 'release_all')).toEqual([
    { type: 'move', x: 100, y: 50 },
    { type: 'button', button: 0, down: true },
    { type: 'move', x: 0, y: 60 },
    { type: 'button', button: 0, down: false },
    { type: 'key', code: 'ShiftLeft', down: true },
    { type: 'key', code: 'F5', down: true },
    { type: 'key', code: 'F5', down: false },
    { type: 'key', code: 'ShiftLeft', down: false },
  ]);
});

test('without control nothing is sent, and losing it lets everything go', async ({ page }) => {
  await openManager(page, work({}));
  await page.evaluate((bytes) => window.shell.picture(bytes), gradient(480, 270));
  await page.keyboard.down('KeyA');
  await show(page, work({ held: 'stop_hidden' }));
  await page.keyboard.press('KeyB');
  await page.getByTestId('screen-canvas').click();
  const events = await inputs(page);
  expect(events.filter((event) => event.type === 'key')).toEqual([{ type: 'key', code: 'KeyA', down: true }]);
  expect(events.at(-1)).toEqual({ type: 'release_all' });
});

test('Ctrl + Alt + Home gives the keyboard back to the bar', async ({ page }) => {
  await openManager(page, work({}));
  await expect(page.getByTestId('keyboard')).toBeFocused();
  await page.keyboard.press('Control+Alt+Home');
  await expect(page.getByTestId('size-fit')).toBeFocused();
});
