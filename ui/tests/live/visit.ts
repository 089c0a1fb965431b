// What a person does everywhere in the console: signs in, proves it again, takes files away.
import type { Download, Page } from '@playwright/test';

import { expect } from './proof.ts';
import type { Person } from './person.ts';

/** Signs in, and stays at the address that was asked for. */
export async function signIn(page: Page, person: Person, path = '/console'): Promise<void> {
  await page.goto(path);
  await page.getByTestId('signin-name').fill(person.name);
  await page.getByTestId('signin-password').fill(person.password);
  await page.getByTestId('signin-submit').click();
  await page.getByTestId('factor-input').pressSequentially(await person.authenticator.code());
  await expect(page.getByTestId('page')).toBeVisible();
}

/** Answers the dialog that stands before something sensitive. */
export async function confirm(page: Page, person: Person, reason: string): Promise<void> {
  const factor = page.getByTestId('factor-input');
  await expect(factor.or(page.getByTestId('confirm-reason'))).toBeVisible();
  if (await factor.isVisible()) await factor.pressSequentially(await person.authenticator.code());
  await page.getByTestId('confirm-reason').fill(reason);
  await page.getByTestId('confirm-act').click();
}

/** The list that is shown, as a file. */
export async function exported(page: Page, person: Person, format: 'csv' | 'json' = 'csv'): Promise<Download> {
  const coming = page.waitForEvent('download', { timeout: 0 });
  await page.getByTestId('export').click();
  const factor = page.getByTestId('factor-input');
  await expect(factor.or(page.getByTestId('confirm-reason'))).toBeVisible();
  if (await factor.isVisible()) await factor.pressSequentially(await person.authenticator.code());
  await page.getByTestId(`export-${format}`).check();
  await confirm(page, person, 'Held against the graphs');
  return coming;
}
