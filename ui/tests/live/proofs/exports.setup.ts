// The sessions and the sign-ins of the year, taken away as a person does: what everything is held against.
import { expect, test } from '../proof.ts';
import { hire } from '../person.ts';
import { files } from '../numbers/year.ts';
import { exported, signIn } from '../visit.ts';

test('the year is exported through the page, with second factor and reason', async ({ page }) => {
  const auditor = await hire('auditor');
  await signIn(page, auditor, '/console/sessions');
  await (await exported(page, auditor)).saveAs(files.sessions);
  await page.goto('/console/audit');
  await page.getByTestId('filter-action').selectOption('sign_in.');
  await (await exported(page, auditor)).saveAs(files.signIns);
  await expect(page.getByTestId('trouble')).toHaveCount(0);
});
