// The sign-off of a month. A review tells of the accounts of now, too, and can't be signed off if it changes while it is read:
// nobody else may be hired meanwhile, so these stand alone.
import { expectInert, hostile } from '../hostile.ts';
import { confirm, Keyboard, signIn as signInByKeys } from '../keyboard.ts';
import { hire, unique } from '../person.ts';
import { expect, test } from '../proof.ts';
import { signIn } from '../visit.ts';

test('an auditor signs a month off by the keyboard alone', async ({ page }) => {
  const keyboard = new Keyboard(page);
  const auditor = await hire('auditor');
  await signInByKeys(page, keyboard, auditor);
  await keyboard.enter('nav-audit');
  await keyboard.enter(page.getByTestId('page').getByRole('link', { name: /review/iu }));
  await keyboard.row('table-reviews', page.locator('[data-testid=table-reviews] a').nth(2));
  await keyboard.press('Enter');
  await keyboard.enter('sign-off');
  await confirm(page, keyboard, auditor, () => keyboard.write('review-note', 'Looked through.'));
  await expect(page.getByTestId('review')).toContainText('Looked through.');
});

test('what an auditor writes under a review stays text', async ({ page }) => {
  const auditor = await hire('auditor', unique('<a href="javascript:alert(4)">x</a>'));
  await signIn(page, auditor, '/console/reviews');
  await page.locator('[data-testid=table-reviews] a').nth(3).click();
  await page.getByTestId('sign-off').click();
  await page.getByTestId('review-note').fill(hostile.join('\n'));
  await page.getByTestId('confirm-act').click();
  await expect(page.getByTestId('review')).toContainText(hostile[1] ?? '');
  await expect(page.getByTestId('review')).toContainText(auditor.name);
  await expectInert(page);
  await page.goto('/console/reviews');
  await expect(page.getByTestId('table-reviews')).toContainText(auditor.name);
  await expectInert(page);
});
