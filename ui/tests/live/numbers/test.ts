// A proof that holds pages against the exported year: it has the year, and an auditor who is signed in.
import type { GroupEntry } from '../../../console/src/generated/api.ts';
import { hire } from '../person.ts';
import { test as base } from '../proof.ts';
import { signIn } from '../visit.ts';
import type { Group } from './sums.ts';
import { readYear, type Year } from './year.ts';

export { expect } from '../proof.ts';

export const test = base.extend<{ groups: Group[] }, { year: Year }>({
  year: [async ({}, use) => use(await readYear()), { scope: 'worker', timeout: 300_000 }],
  /** Who is in which group, as the broker knows it now. The page is signed in. */
  groups: async ({ page }, use) => {
    await signIn(page, await hire('auditor'), '/console/graphs');
    const answer = await page.request.get('/api/v1/groups');
    const groups = (await answer.json()) as GroupEntry[];
    await use(groups.map(({ id, name, members }) => ({ id, name, members: members ?? [] })));
  },
});
