// Every page of the console, with something on it.
import type { Page } from '@playwright/test';

import type { AlertEntry, GroupEntry, SessionEntry } from '../../console/src/generated/api.ts';
import type { Person } from './person.ts';
import { expect } from './proof.ts';

/** What is really there and can be opened. */
export interface Found {
  session: string;
  operator: string;
  group: string;
  month: string;
}

export interface Stop {
  /** Of the picture. */
  name: string;
  path: (found: Found) => string;
  /** What stands there once everything has come. */
  there: string;
  act?: (page: Page) => Promise<void>;
}

const at = (path: string) => () => path;

export const stops: Stop[] = [
  { name: 'wall', path: at(''), there: '[data-testid=running] tbody tr' },
  { name: 'sessions', path: at('/sessions?period=28d'), there: '[data-testid=table-sessions] tr[data-index]' },
  {
    name: 'sessions-export',
    path: at('/sessions?period=28d'),
    there: '[data-testid=table-sessions] tr[data-index]',
    act: async (page) => {
      await page.getByTestId('export').click();
      await expect(page.getByTestId('factor-input')).toBeFocused();
    },
  },
  { name: 'session', path: ({ session }) => `/sessions/${session}`, there: '[data-testid=moments]' },
  { name: 'graphs', path: at('/graphs'), there: '[data-graph=sign-ins] .chart svg text' },
  { name: 'graphs-year', path: at('/graphs?period=year'), there: '[data-graph=sign-ins] .chart svg text' },
  {
    name: 'graphs-tables',
    path: at('/graphs?period=year'),
    there: '[data-graph=sign-ins] .chart svg text',
    act: async (page) => {
      await page.keyboard.press('t');
      await expect(page.locator('[data-graph=sign-ins] table')).toBeVisible();
    },
  },
  { name: 'graphs-customers', path: at('/graphs?split=customer'), there: '[data-graph=sign-ins] .chart svg text' },
  { name: 'report', path: at('/report'), there: '[data-sheet=customer] .chart svg text' },
  { name: 'people', path: at('/people'), there: '[data-testid=table-people] tr[data-index]' },
  { name: 'person', path: ({ operator }) => `/people/${operator}`, there: '[data-testid=addresses-none]' },
  { name: 'groups', path: at('/groups'), there: '[data-testid=table-groups] tr[data-index]' },
  { name: 'group', path: ({ group }) => `/groups/${group}`, there: '[data-testid=group-who]' },
  { name: 'alerts', path: at('/alerts'), there: '[data-testid=table-alerts] tr[data-index]' },
  { name: 'policy', path: at('/policy'), there: '[data-testid=policy-save]' },
  { name: 'audit', path: at('/audit?period=28d'), there: '[data-testid=table-audit] tr[data-index]' },
  {
    name: 'audit-entry',
    path: at('/audit?action=session.'),
    there: '[data-testid=table-audit] tr[data-index]',
    act: async (page) => {
      await page.locator('[data-testid=table-audit] .open').first().click();
      await expect(page.getByTestId('entry')).toBeVisible();
    },
  },
  { name: 'reviews', path: at('/reviews'), there: '[data-testid=table-reviews] tr[data-index]' },
  { name: 'review', path: ({ month }) => `/reviews/${month}`, there: '[data-testid=verification]' },
  { name: 'system', path: at('/system'), there: '[data-testid=healthy]' },
  { name: 'backups', path: at('/backups'), there: '[data-testid=backups-standing], [data-testid=empty]' },
  { name: 'outlets', path: at('/outlets'), there: '[data-testid=outlet-mail], [data-testid=empty]' },
  { name: 'tokens', path: at('/tokens'), there: '[data-testid=table-tokens], [data-testid=empty]' },
];

/** Looks for what can be opened: a session with a note, and somebody's group. The page is signed in. */
export async function find(page: Page): Promise<Found> {
  const ask = async <T>(path: string) => (await (await page.request.get(`/api/v1${path}`)).json()) as T;
  const { items } = await ask<{ items: SessionEntry[] }>('/sessions?outcome=solved&limit=200');
  const told = items.filter(
    ({ note, paths, knocked_at: at }) => note && paths.length > 1 && at < Date.now() - 36_000_000,
  );
  const groups = await ask<GroupEntry[]>('/groups');
  const months = await ask<{ month: string }[]>('/reviews');
  const group = groups.find(({ members }) => members.includes(told[0]?.operator.id ?? ''));
  return {
    session: told[0]?.sid ?? '',
    operator: told[0]?.operator.id ?? '',
    group: group?.id ?? '',
    month: months[1]?.month ?? '',
  };
}

/** Somebody types wrong passwords until there is an alert. */
export async function alarm(page: Page, person: Person): Promise<void> {
  const alerts = async () =>
    ((await (await page.request.get('/api/v1/alerts')).json()) as { items: AlertEntry[] }).items.length;
  await expect
    .poll(async () => {
      const data = { name: person.name, password: 'not the password' };
      await page.request.post('/api/v1/sign-in', { data, failOnStatusCode: false });
      return alerts();
    })
    .toBeGreaterThan(0);
}
