// A person without a mouse: goes from stop to stop with Tab until what is wanted has the focus, and sees where it is.
import type { Locator, Page } from '@playwright/test';

import type { Person } from './person.ts';
import { expect } from './proof.ts';

/** Stops on the way to anything. */
const STOPS_MOST = 90;
const ROWS_MOST = 60;

export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Tabs on until this has the focus. */
  async to(target: string | Locator): Promise<void> {
    const wanted = typeof target === 'string' ? this.#page.getByTestId(target) : target;
    await expect(wanted.first()).toBeVisible();
    for (let stop = 0; stop < STOPS_MOST; stop += 1) {
      if (await wanted.evaluateAll((elements) => elements.includes(document.activeElement as HTMLElement))) return;
      await this.press('Tab');
    }
    throw new Error(`${String(wanted)} is not reached by Tab`);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.#page.keyboard.press(key);
      if (key.endsWith('Tab')) await this.#see();
    }
  }

  /** Goes there and presses Enter. */
  async enter(target: string | Locator): Promise<void> {
    await this.to(target);
    await this.press('Enter');
  }

  /** Goes there and writes, in the place of what stands there. */
  async write(target: string | Locator, text: string): Promise<void> {
    await this.to(target);
    await this.press('Control+a');
    await this.#page.keyboard.type(text);
  }

  /** Writes where the focus is. */
  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  /** Goes into a list and down to a row. */
  async row(table: string, wanted: Locator): Promise<void> {
    await this.to(this.#page.getByTestId(table).getByRole('region'));
    await expect(wanted).toBeVisible();
    for (let row = 0; row < ROWS_MOST; row += 1) {
      await this.press('j');
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`${String(wanted)} is not reached in ${table}`);
  }

  /** Opens a menu and takes an entry. */
  async menu(button: string | Locator, entry: Locator): Promise<void> {
    await this.enter(button);
    await expect(entry).toBeVisible();
    for (let stop = 0; stop < STOPS_MOST; stop += 1) {
      if (await entry.evaluate((element) => element === document.activeElement)) return this.press('Enter');
      await this.press('ArrowDown');
    }
    throw new Error(`${String(entry)} is not reached in its menu`);
  }

  /** Goes to a list of the browser's own and down to the entry with this value. */
  async choose(target: string, value: string): Promise<void> {
    await this.to(target);
    await this.press('Home');
    for (let stop = 0; stop < STOPS_MOST; stop += 1) {
      if ((await this.#page.getByTestId(target).inputValue()) === value) return;
      await this.press('ArrowDown');
    }
    throw new Error(`${target} has no ${value}`);
  }

  /** Somebody who looks sees the focus: what has it looks other than without it. */
  async #see(): Promise<void> {
    const unseen = await this.#page.evaluate(() => {
      const looks = (element: Element): string => {
        const chain: Element[] = [];
        for (let one: Element | null = element; one && chain.length < 5; one = one.parentElement) chain.push(one);
        return chain
          .map((one) => {
            const { outlineStyle, outlineWidth, boxShadow, backgroundColor, borderColor } = getComputedStyle(one);
            return [outlineStyle === 'none' ? '' : outlineWidth, boxShadow, backgroundColor, borderColor].join();
          })
          .join(';');
      };
      const kept = globalThis as unknown as { besideFocus?: { element: Element; looks: string } };
      const before = kept.besideFocus;
      const now = document.activeElement;
      if (now && now !== document.body) kept.besideFocus = { element: now, looks: looks(now) };
      else delete kept.besideFocus;
      if (!before?.element.isConnected || before.element === now || before.element.contains(now)) return null;
      const name = before.element.getAttribute('data-testid') ?? before.element.outerHTML.slice(0, 120);
      return looks(before.element) === before.looks ? name : null;
    });
    expect(unseen, 'the focus can be seen').toBeNull();
  }
}

/** Signs in without touching a mouse. */
export async function signIn(page: Page, keyboard: Keyboard, person: Person): Promise<void> {
  await page.goto('/console');
  await keyboard.write('signin-name', person.name);
  await keyboard.write('signin-password', person.password);
  await keyboard.press('Enter');
  await expect(page.getByTestId('factor-input')).toBeFocused();
  await keyboard.type(await person.authenticator.code());
  await expect(page.getByTestId('wall')).toBeVisible();
}

/** Answers the dialog before something sensitive; the second factor holds for five minutes. */
export async function confirm(
  page: Page,
  keyboard: Keyboard,
  person: Person,
  fill?: () => Promise<void>,
): Promise<void> {
  const factor = page.getByTestId('factor-input');
  const act = page.getByTestId('confirm-act');
  await expect(factor.or(act)).toBeVisible();
  if (await factor.isVisible()) await keyboard.type(await person.authenticator.code());
  await expect(act).toBeVisible();
  await fill?.();
  const reason = page.getByTestId('confirm-reason');
  if (await reason.isVisible()) await keyboard.write(reason, 'By the keyboard');
  await keyboard.enter(act);
  await expect(page.getByTestId('confirm')).toHaveCount(0);
}
