// What customers, operators and everybody else write stays text on every page that shows it, and in files.
import { readFile } from 'node:fs/promises';

import type { Page } from '@playwright/test';

import { Client, Manager } from '../apps.ts';
import { expectInert, formulas, hostile, long, unseen } from '../hostile.ts';
import { cellsOf } from '../numbers/csv.ts';
import { hire, type Person } from '../person.ts';
import { expect, test } from '../proof.ts';
import { exported, signIn } from '../visit.ts';
import { Wire } from '../wire.ts';

const TAG_BYTES = 90;

/** Distinct from what other runs left behind in a kept year. */
const RUN = String(Date.now() % 1_000_000);

/** The n-th of the hostile names, with a number. */
const named = (place: number): string => `${hostile[place % hostile.length] ?? ''}${RUN}`;

interface Told {
  admin: Person;
  operator: Person;
  group: { id: string; name: string };
  /** Sessions that ended, by what their customers are called. */
  sessions: Map<string, string>;
}

const bytes = (text: string): number => Buffer.byteLength(text);

test('hostile words of everybody stay words', async ({ page }) => {
  const admin = await hire('administrator', named(2));
  const wire = await Wire.open(admin);
  const operator = await hire('operator', named(1));
  const group = await wire.ask<{ id: string }>('POST', '/groups', { body: { name: named(2) } });
  const reason = `${hostile[0] ?? ''} ${hostile[1] ?? ''} ${formulas[0] ?? ''}`;
  await wire.ask('PUT', `/groups/${group.id}/members/${operator.id}`, { reason });
  const comment = hostile.join(' ').slice(0, 150);
  await wire.ask('POST', `/accounts/${operator.id}/addresses`, { body: { range: '127.0.0.0/8', comment }, reason });
  await wire.ask('POST', '/tokens', { body: { name: named(12), scopes: ['audit:read'], days: 7 }, reason });
  const manager = await Manager.open(operator);
  const told = { admin, operator, group: { id: group.id, name: named(2) }, sessions: await sessionsOf(manager) };
  const waiting = new Client();
  const running = new Client();
  await running.knock(await manager.code(), named(3));
  await manager.accept();
  await running.begin();
  await waiting.knock(await manager.code(), named(4));

  await signIn(page, admin, '/console');
  await onTheWall(page, told);
  await inLists(page, told);
  await onEachSession(page, told);
  await inGraphs(page, told);
  await whereItIsAdministered(page, told);
  await inFiles(page, told);
  for (const socket of [waiting, running, manager]) socket.close();
});

/** A session for each name, with a note and tags of the same kind. */
async function sessionsOf(manager: Manager): Promise<Map<string, string>> {
  const sessions = new Map<string, string>();
  for (const name of [...hostile, ...formulas, ...unseen, long]) {
    const client = new Client();
    await client.knock(await manager.code(), name);
    await manager.accept();
    await client.begin();
    await client.stop(manager);
    const tags = /\p{C}/u.test(name) || bytes(name) > TAG_BYTES ? [] : [name];
    const body = {
      outcome: 'solved',
      tags,
      text: `${name.replaceAll(/\p{Cc}/gu, '').slice(0, 1_500)}\n${hostile.join('\n')}`,
    };
    await manager.wire.ask('PUT', `/own/sessions/${client.sid}/note`, { body });
    await client.rate({ solved: true, felt: 'good' });
    sessions.set(name, client.sid);
    client.close();
  }
  const beyond = { outcome: 'solved', tags: [], text: long };
  const sid = [...sessions.values()].at(-1) ?? '';
  const refused = await manager.wire.try('PUT', `/own/sessions/${sid}/note`, { body: beyond });
  expect(refused.status, 'ten thousand letters are no note').toBe(400);
  return sessions;
}

async function onTheWall(page: Page, { operator }: Told): Promise<void> {
  await expect(page.getByTestId('running').getByText(operator.name, { exact: true })).toBeVisible();
  await expect(page.getByTestId('waiting').getByText(operator.name)).toBeVisible();
  await expectInert(page);
}

async function inLists(page: Page, { operator, group, sessions }: Told): Promise<void> {
  await page.goto(`/console/sessions?operator=${operator.id}`);
  for (const name of [...hostile, ...formulas]) {
    const row = page.locator(`tr[data-key="${sessions.get(name) ?? ''}"]`);
    await expect(row.getByText(name, { exact: true })).toBeVisible();
    await expect(row.getByText(operator.name, { exact: true })).toBeVisible();
  }
  for (const name of [...unseen, long]) {
    const shown = await page.locator(`tr[data-key="${sessions.get(name) ?? ''}"] td:nth-child(3)`).innerText();
    expect(bytes(shown), 'a name is short').toBeLessThanOrEqual(64);
    expect(shown, 'nothing in a name is unseen').not.toMatch(/\p{C}/u);
  }
  await expect(page.getByTestId('filter-group').locator('option', { hasText: group.name })).toHaveCount(1);
  await expectInert(page);
  await keepView(page, '<img src=x onerror=alert(8)>');
}

/** A view under a hostile name: shown in the menu and on its button. */
async function keepView(page: Page, name: string): Promise<void> {
  await page.getByTestId('views').click();
  await page.getByTestId('views-save').click();
  await page.getByTestId('view-name').fill(name);
  await page.getByTestId('view-save').click();
  await expect(page.getByTestId('views')).toContainText(name);
  await page.getByTestId('views').click();
  await expect(page.getByRole('menuitem', { name, exact: true })).toBeVisible();
  await expectInert(page);
  await page.keyboard.press('Escape');
}

async function onEachSession(page: Page, { operator, sessions }: Told): Promise<void> {
  for (const [name, sid] of sessions) {
    await page.goto(`/console/sessions/${sid}`);
    await expect(page.getByTestId('session')).toContainText(operator.name);
    await expect(page.getByTestId('note')).toContainText(hostile.at(-1) ?? '');
    if (!unseen.includes(name) && name !== long) await expect(page.getByTestId('session')).toContainText(name);
    await expectInert(page);
  }
}

async function inGraphs(page: Page, { operator, group }: Told): Promise<void> {
  for (const [split, name] of [
    ['operator', operator.name],
    ['group', group.name],
  ] as const) {
    await page.goto(`/console/graphs?period=today&split=${split}&group=${group.id}`);
    await expect(page.locator('[data-graph=parts] .chart svg text').filter({ hasText: /<|>/u }).first()).toBeVisible();
    await expectInert(page);
    await page.keyboard.press('t');
    await expect(page.locator('[data-graph=parts] table').getByText(name, { exact: true })).toBeVisible();
    await expectInert(page);
  }
}

async function whereItIsAdministered(page: Page, { operator, group }: Told): Promise<void> {
  for (const [path, words] of [
    ['/console/people', operator.name],
    [`/console/people/${operator.id}`, operator.name],
    [`/console/people/${operator.id}`, group.name],
    [`/console/people/${operator.id}`, hostile[1] ?? ''],
    ['/console/groups', group.name],
    [`/console/groups/${group.id}`, operator.name],
    ['/console/tokens', named(12)],
    [`/console/audit?about=${operator.id}`, operator.name],
  ] as const) {
    await page.goto(path);
    if (path === '/console/people') await page.getByTestId('find').fill(operator.name);
    await expect(page.getByTestId('page').getByText(words).filter({ visible: true }).first()).toBeVisible();
    await expectInert(page);
  }
  for (const row of await page.locator('[data-testid=table-audit] tr[data-index] .open').all()) {
    await row.click();
    await expect(page.getByTestId('entry')).toBeVisible();
    await expectInert(page);
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('entry')).toHaveCount(0);
  }
}

async function inFiles(page: Page, { admin, operator, sessions }: Told): Promise<void> {
  await page.goto(`/console/sessions?operator=${operator.id}`);
  const file = await exported(page, admin);
  const [head = [], ...rows] = cellsOf(await readFile(await file.path(), 'utf8'));
  const runs = (cell: string) => /^[=+\-@\t\r]/u.test(cell);
  expect(rows.flat().filter(runs), 'no cell is a formula').toEqual([]);
  const cell = (cells: string[], name: string) => cells[head.indexOf(name)] ?? '';
  // An ID that begins as a formula does is kept from being one, too.
  const sid = (cells: string[]) => cell(cells, 'sid').replace(/^'/u, '');
  const customers = new Map(rows.map((cells) => [sid(cells), cell(cells, 'customer_name')]));
  for (const name of hostile) expect(customers.get(sessions.get(name) ?? '')).toBe(name);
  for (const name of formulas) expect(customers.get(sessions.get(name) ?? '')).toBe(`'${name}`);
}
