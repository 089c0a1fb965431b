// What other sites can make the browser of somebody do who is signed in: nothing.
import type { BrowserContext, Page, Request } from '@playwright/test';
import { test as base } from '@playwright/test';
import { WebSocket } from 'ws';

import { openSite } from '../elsewhere.ts';
import { hire, unique, type Person } from '../person.ts';
import { expect } from '../proof.ts';
import { stage } from '../stage.ts';
import { signIn } from '../visit.ts';

const COOKIE = '__Host-beside';

/** A browser in which an administrator is signed in, and a tab of it that shows another site. */
const test = base.extend<{ administrator: Person; elsewhere: Page }>({
  administrator: async ({ page }, use) => {
    const administrator = await hire('administrator');
    await signIn(page, administrator, '/console');
    await use(administrator);
    // Whatever was tried, the sign-in is still there and nothing was done under it.
    await page.goto('/console/groups');
    await expect(page.getByTestId('groups')).toBeVisible();
    await expect(page.getByTestId('table-groups')).not.toContainText('elsewhere');
  },
  elsewhere: async ({ administrator: _, context }, use) => {
    const site = await openSite();
    const page = await context.newPage();
    await page.goto(site.origin);
    await use(page);
    await page.close();
    await site.close();
  },
});

/** What the browser really sent along, cookies too. */
async function cookies(request: Request): Promise<string> {
  return (await request.allHeaders())['cookie'] ?? '';
}

const api = (path: string): string => `${stage.console}/api/v1${path}`;

test('the cookie is out of reach, and sent to nobody else', async ({ administrator: _, context, page }) => {
  const [cookie] = (await context.cookies()).filter(({ name }) => name === COOKIE);
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

test('a form of another site changes nothing', async ({ elsewhere, context }) => {
  const site = elsewhere.url();
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const [sent] = await Promise.all([
      context.waitForEvent('request', (request) => request.method() === 'POST'),
      elsewhere.evaluate(
        ([action, enctype]) => {
          const form = Object.assign(document.createElement('form'), { action, enctype, method: 'post' });
          const field = Object.assign(document.createElement('input'), {
            name: '{"name":"elsewhere","x":"',
            value: '"}',
          });
          form.append(field);
          document.body.append(form);
          form.submit();
        },
        [api('/groups'), type] as const,
      ),
    ]);
    const answer = await sent.response();
    expect([401, 403, 415], type).toContain(answer?.status());
    expect(await cookies(sent), type).not.toContain(COOKIE);
    await elsewhere.waitForURL(api('/groups'));
    await elsewhere.goto(site);
  }
});

test('a script of another site reads nothing and changes nothing, with and without credentials', async ({
  elsewhere,
}) => {
  // Of its own page only: the console's may look at the wall again meanwhile.
  const requests: Request[] = [];
  elsewhere.on('request', (request) => requests.push(request));
  const tries = await elsewhere.evaluate(
    async ([reads, writes]) => {
      const outcome = async (url: string, init: RequestInit) => {
        try {
          const answer = await fetch(url, init);
          return answer.type === 'opaque' ? 'opaque' : `read ${answer.status}: ${await answer.text()}`;
        } catch {
          return 'refused';
        }
      };
      const json = { 'content-type': 'application/json', 'beside-csrf': 'x' };
      const body = '{"name":"elsewhere"}';
      return Promise.all([
        outcome(reads, { credentials: 'include' }),
        outcome(reads, { credentials: 'omit' }),
        outcome(reads, { credentials: 'include', mode: 'no-cors' }),
        outcome(writes, { credentials: 'include', method: 'POST', body, headers: json }),
        outcome(writes, { credentials: 'include', method: 'POST', body, mode: 'no-cors' }),
        outcome(writes, { credentials: 'include', method: 'PUT', body, headers: json }),
      ]);
    },
    [api('/own'), api('/groups')] as const,
  );
  expect(tries).toEqual(['refused', 'refused', 'opaque', 'refused', 'opaque', 'refused']);
  expect(requests.length).toBeGreaterThan(3);
  for (const request of requests) {
    expect(await cookies(request), request.url()).not.toContain(COOKIE);
    const answer = await request.response().catch(() => null);
    if (answer) expect(answer.status(), request.url()).toBeGreaterThanOrEqual(400);
  }
});

test('no other site shows the console in a frame, or gets hold of its window', async ({ elsewhere }) => {
  const refused = elsewhere.waitForEvent('requestfailed', (request) => request.url().startsWith(stage.console));
  const shown = await elsewhere.evaluate(async (address) => {
    const frame = Object.assign(document.createElement('iframe'), { src: address });
    document.body.append(frame);
    await new Promise((loaded) => frame.addEventListener('load', loaded));
    try {
      return frame.contentDocument?.body.textContent ?? 'another origin';
    } catch {
      return 'another origin';
    }
  }, `${stage.console}/console`);
  expect((await refused).failure()?.errorText).toContain('BLOCKED_BY_RESPONSE');
  expect(shown).toBe('another origin');
});

test('no other site opens the live socket, not even with a ticket', async ({ elsewhere, context, page }) => {
  const open = (where: Page, url: string) =>
    where.evaluate(
      (address) =>
        new Promise<string>((end) => {
          const socket = new WebSocket(address);
          socket.addEventListener('message', ({ data }) => end(`heard ${String(data).slice(0, 80)}`));
          socket.addEventListener('close', ({ code }) => end(`closed ${code}`));
        }),
      url,
    );
  const address = `wss://${stage.administration}/api/v1/live/socket`;
  const ticket = async () => {
    const csrf = await page.evaluate(
      async () => ((await (await fetch('/api/v1/own')).json()) as { csrf: string }).csrf,
    );
    const answer = await page.evaluate(
      async (token) =>
        (await fetch('/api/v1/live/ticket', { method: 'POST', headers: { 'beside-csrf': token } })).json() as Promise<{
          ticket: string;
        }>,
      csrf,
    );
    return answer.ticket;
  };
  expect(await open(elsewhere, address)).toBe('closed 1006');
  expect(await open(elsewhere, `${address}?ticket=${await ticket()}`)).toBe('closed 1006');
  expect(await open(page, address), 'without a ticket').toBe('closed 1006');
  const once = await ticket();
  expect(await open(page, `${address}?ticket=${once}`), 'the console itself').toMatch(/^heard \{/u);
  expect(await open(page, `${address}?ticket=${once}`), 'a second time').toBe('closed 1006');
  await expectRefused(context, `${address}?ticket=${await ticket()}`);
});

/** A program that has stolen cookie and ticket, but does not say that it is the console. */
async function expectRefused(context: BrowserContext, address: string): Promise<void> {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const origin of [undefined, 'https://elsewhere.example', 'null']) {
    const socket = new WebSocket(address, { headers: { cookie, ...(origin && { origin }) } });
    const status = await new Promise<number | undefined>((answered) => {
      socket.on('unexpected-response', (_, answer) => answered(answer.statusCode));
      socket.on('open', () => answered(101));
      socket.on('error', () => answered(undefined));
    });
    expect(status, origin).toBe(403);
  }
}

test('the cookie alone, without the token that scripts send, changes nothing', async ({ administrator: _, page }) => {
  const name = unique('elsewhere');
  const statuses = await page.evaluate(async (called) => {
    const tries: Record<string, string>[] = [{}, { 'beside-csrf': '' }, { 'beside-csrf': 'A'.repeat(43) }];
    return Promise.all(
      tries.map(async (headers) => {
        const body = JSON.stringify({ name: called });
        const all = { 'content-type': 'application/json', ...headers };
        return (await fetch('/api/v1/groups', { method: 'POST', headers: all, body })).status;
      }),
    );
  }, name);
  expect(statuses).toEqual([403, 403, 403]);
});
