// Every task of every role by the keyboard alone.
import { readFile } from 'node:fs/promises';

import type { Locator, Page } from '@playwright/test';

import type { GroupEntry } from '../../../console/src/generated/api.ts';
import { confirm, Keyboard, signIn } from '../keyboard.ts';
import { cellsOf } from '../numbers/csv.ts';
import { openOffice } from '../office.ts';
import { alarm } from '../pages.ts';
import { hire, unique, type Person } from '../person.ts';
import { expect, test } from '../proof.ts';
import { Wire } from '../wire.ts';

test.describe.configure({ mode: 'parallel' });
test.use({ reducedMotion: 'reduce' } as object);

const link = (page: Page, name: string): Locator => page.getByTestId('page').getByRole('link', { name, exact: true });

test('everybody: sign in, theme, language, sign out', async ({ page }) => {
  const keyboard = new Keyboard(page);
  await signIn(page, keyboard, await hire('supervisor'));
  const surface = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await surface();
  await keyboard.menu('account', page.getByTestId('theme-dark'));
  await expect.poll(surface).not.toBe(light);
  await keyboard.menu('account', page.getByTestId('language-ja'));
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await keyboard.menu('account', page.getByTestId('language-ko'));
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await keyboard.menu('account', page.getByTestId('sign-out'));
  await expect(page.getByTestId('signin')).toBeVisible();
});

test('a supervisor: wall, sessions, views, export, graphs', async ({ page }) => {
  const close = await openOffice();
  const keyboard = new Keyboard(page);
  const supervisor = await hire('supervisor');
  await belongToBusiest(supervisor);
  await signIn(page, keyboard, supervisor);

  await keyboard.enter('nav-sessions');
  await keyboard.choose('filter-period', '28d');
  await keyboard.choose('filter-end', 'stopped');
  await expect(page).toHaveURL(/period=28d&end=stopped/u);
  await keyboard.menu('views', page.getByTestId('views-save'));
  await keyboard.write('view-name', 'Stopped lately');
  await keyboard.press('Enter');
  await keyboard.enter('filters-clear');
  await expect(page).toHaveURL(/\/sessions$/u);
  await keyboard.menu('views', page.getByRole('menuitem', { name: 'Stopped lately' }));
  await expect(page).toHaveURL(/period=28d&end=stopped/u);
  await expect(page.getByTestId('count')).toBeVisible();

  const coming = page.waitForEvent('download');
  await keyboard.enter('export');
  await confirm(page, keyboard, supervisor);
  const rows = cellsOf(await readFile(await (await coming).path(), 'utf8'));
  expect(rows.length).toBeGreaterThan(2);

  await keyboard.to(page.getByRole('region', { name: 'Sessions' }));
  await keyboard.press('j', 'j', 'k', 'Enter');
  await expect(page.getByTestId('moments')).toBeVisible();
  await keyboard.press('j', 'j');
  await expect(page.locator('[data-testid=moments] [aria-pressed=true]')).toBeFocused();
  await keyboard.enter(link(page, 'Sessions'));
  await expect(page.getByTestId('sessions')).toBeVisible();

  await keyboard.enter('nav-graphs');
  await keyboard.choose('filter-period', '90d');
  await keyboard.choose('filter-bucket', 'month');
  await expect(page.locator('.graphs')).toHaveAttribute('aria-busy', 'false');
  await keyboard.to('table-ends');
  await keyboard.press('t');
  const bar = page.locator('[data-graph=ends] tbody a').first();
  await keyboard.enter(bar);
  await expect(page.getByTestId('sessions')).toBeVisible();
  await expect(page).toHaveURL(/end=/u);
  close();
});

/** An administrator puts somebody into the group with the most members. */
async function belongToBusiest(person: Person): Promise<void> {
  const wire = await Wire.open(await hire('administrator'));
  const groups = await wire.ask<GroupEntry[]>('GET', '/groups');
  const [busiest] = groups.toSorted((one, other) => other.members.length - one.members.length);
  await wire.ask('PUT', `/groups/${busiest?.id ?? ''}/members/${person.id}`, { reason: 'Looks after them' });
}

test('an administrator: the wall and who is on it', async ({ page }) => {
  const close = await openOffice();
  const keyboard = new Keyboard(page);
  await signIn(page, keyboard, await hire('administrator'));
  await expect(page.getByTestId('live')).toHaveAttribute('data-live', 'true');
  await keyboard.enter(page.locator('[data-testid=wall] summary'));
  await keyboard.enter(page.locator('[data-testid=wall] details a').first());
  await expect(page.getByTestId('sessions')).toBeVisible();
  await keyboard.enter('nav-wall');
  await keyboard.enter(page.locator('[data-testid=waiting] a').first());
  await expect(page.getByTestId('session')).toBeVisible();
  await keyboard.enter('nav-wall');
  await keyboard.enter(page.locator('[data-testid=running] tbody a').first());
  await expect(page.getByTestId('session')).toBeVisible();
  close();
});

test('an administrator: a person and a group, from first to last', async ({ page }) => {
  const keyboard = new Keyboard(page);
  const administrator = await hire('administrator');
  const [name, group] = [unique('person'), unique('group')];
  await signIn(page, keyboard, administrator);

  await keyboard.enter('nav-people');
  await keyboard.enter('invite');
  await confirm(page, keyboard, administrator, async () => {
    await keyboard.write('invite-name', name);
    await keyboard.to(page.locator('input[name=role]:checked'));
    await keyboard.press('ArrowDown');
  });
  await keyboard.enter('shown-done');

  await keyboard.enter(link(page, 'Groups'));
  await keyboard.enter('group-make');
  await confirm(page, keyboard, administrator, () => keyboard.write('group-name', group));
  await keyboard.row('table-groups', page.getByRole('link', { name: group }));
  await keyboard.press('Enter');
  await keyboard.enter('group-rename');
  await confirm(page, keyboard, administrator, () => keyboard.write('group-name', `${group} 2`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${group} 2`);

  await keyboard.enter('nav-people');
  await keyboard.write('find', name);
  await keyboard.enter(page.getByRole('link', { name }));
  await keyboard.menu('join', page.getByRole('menuitem', { name: `${group} 2` }));
  await confirm(page, keyboard, administrator);
  await expect(page.getByTestId('person')).toContainText(`${group} 2`);
  await keyboard.enter('person-change');
  await confirm(page, keyboard, administrator, () => keyboard.write('person-name', `${name} 2`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${name} 2`);
  await keyboard.enter('person-link');
  await confirm(page, keyboard, administrator);
  await keyboard.enter('shown-done');

  await keyboard.write('address-range', '192.0.2.0/24');
  await keyboard.write('address-comment', 'Office');
  await keyboard.press('Enter');
  await confirm(page, keyboard, administrator);
  await keyboard.enter(page.locator('[data-range="192.0.2.0/24"] button'));
  await confirm(page, keyboard, administrator);
  await expect(page.getByTestId('addresses-none')).toBeVisible();

  await keyboard.enter(page.getByRole('button', { name: new RegExp(`${group} 2`, 'u') }));
  await confirm(page, keyboard, administrator);
  await keyboard.menu('person-more', page.getByTestId('person-unlock'));
  await confirm(page, keyboard, administrator);
  await keyboard.menu('person-more', page.getByTestId('person-end'));
  await confirm(page, keyboard, administrator);
  await expect(page.getByTestId('person-change')).toHaveCount(0);

  await keyboard.enter('nav-people');
  await keyboard.enter(link(page, 'Groups'));
  await keyboard.row('table-groups', page.getByRole('link', { name: `${group} 2` }));
  await keyboard.press('Enter');
  await keyboard.enter('group-delete');
  await confirm(page, keyboard, administrator);
  await expect(page.getByTestId('groups')).toBeVisible();
});

test('an administrator: rules, alerts, blocks, tokens', async ({ page }) => {
  const keyboard = new Keyboard(page);
  const administrator = await hire('administrator');
  const [tag, token] = [unique('tag'), unique('token')];
  await signIn(page, keyboard, administrator);

  await keyboard.enter('nav-policy');
  await keyboard.to('policy-tags');
  await keyboard.press('Control+End', 'Enter');
  await keyboard.type(tag);
  await keyboard.enter('policy-save');
  await confirm(page, keyboard, administrator);
  await expect(page.getByTestId('policy-tags')).toHaveValue(new RegExp(tag, 'u'));
  await keyboard.to('policy-tags');
  await keyboard.press('Control+End', 'Shift+Home', 'Backspace', 'Backspace');
  await keyboard.enter('policy-save');
  await confirm(page, keyboard, administrator);
  await expect(page.getByTestId('policy-tags')).not.toHaveValue(new RegExp(tag, 'u'));

  await alarm(page, await hire('operator'));
  await keyboard.enter('nav-alerts');
  await keyboard.choose('filter-seen', 'no');
  await keyboard.enter(page.getByTestId('see').first());
  await keyboard.enter('block-make');
  await confirm(page, keyboard, administrator, () => keyboard.write('block-range', '192.0.2.77/32'));
  const block = page.getByTestId('blocks').getByRole('listitem').filter({ hasText: '192.0.2.77' });
  await keyboard.enter(block.getByRole('button'));
  await confirm(page, keyboard, administrator);
  await expect(block).toHaveCount(0);

  await keyboard.enter('nav-system');
  await keyboard.enter(page.getByTestId('page').getByRole('link', { name: /token/iu }));
  await keyboard.enter('token-make');
  await confirm(page, keyboard, administrator, async () => {
    await keyboard.write('token-name', token);
    await keyboard.to('scope-audit:read');
    await keyboard.press('Space');
  });
  await keyboard.enter('shown-done');
  const row = page.locator('tr', { hasText: token });
  await keyboard.enter(row.getByRole('button'));
  await confirm(page, keyboard, administrator);
  await expect(row.getByRole('button')).toHaveCount(0);
});

test('an auditor: the log and an entry of it', async ({ page }) => {
  const keyboard = new Keyboard(page);
  const auditor = await hire('auditor');
  await signIn(page, keyboard, auditor);
  await keyboard.enter('nav-audit');
  await keyboard.choose('filter-action', 'sign_in.');
  await expect(page).toHaveURL(/action=sign_in\./u);
  await expect(page.locator('[data-testid=table-audit] tr[data-index]').first()).toBeVisible();
  await keyboard.to(page.locator('[data-testid=table-audit] [role=region]'));
  await keyboard.press('j', 'j', 'Enter');
  await expect(page.getByTestId('entry')).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByTestId('entry')).toHaveCount(0);
});
