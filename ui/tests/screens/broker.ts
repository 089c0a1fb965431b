// Stands in for the broker: answers a page's requests as it is told, and keeps what was asked.
import type { Page } from '@playwright/test';

import type { About, FinishedLink, Judgement, OpenedLink } from '../../console/src/api.ts';
import { consolePort } from '../../playwright.config.ts';

export const origin = `http://127.0.0.1:${consolePort}`;

/** A problem document, or no answer: at once, or ever. */
export type Refusal =
  { status: number; code: string; retry_after?: number; reasons?: string[]; challenge?: string } | 'cut' | 'silent';

type Said<T> = { value: T } | Refusal;

export interface Asked {
  path: string;
  body: unknown;
}

/** What the broker answers. A test may change it as it goes. */
export class FakeBroker {
  about: Said<About> = { value: { organisation: null, security_contact: null, privacy_contact: null } };
  open: Said<OpenedLink> = { status: 404, code: 'link_invalid' };
  judge: (password: string) => Said<Judgement> = () => ({ value: { accepted: true, reasons: [] } });
  finish: Said<FinishedLink> = { value: { recovery_codes: [] } };
  readonly asked: Asked[] = [];

  async install(page: Page): Promise<void> {
    await page.route('**/api/v1/**', async (route) => {
      const request = route.request();
      const path = new URL(request.url()).pathname.slice('/api/v1'.length);
      const body = request.postDataJSON() as { password?: string } | null;
      this.asked.push({ path, body });
      const said = this.#answer(path, body?.password ?? '');
      if (said === 'silent') return;
      if (said === 'cut') return route.abort('connectionreset');
      if ('value' in said) return route.fulfill({ json: said.value });
      const problem = { type: 'about:blank', title: said.code, ...said };
      return route.fulfill({ status: said.status, contentType: 'application/problem+json', json: problem });
    });
  }

  bodies(path: string): unknown[] {
    return this.asked.filter((asked) => asked.path === path).map(({ body }) => body);
  }

  #answer(path: string, password: string): Said<unknown> {
    switch (path) {
      case '/about':
        return this.about;
      case '/account-link/open':
        return this.open;
      case '/account-link/judge':
        return this.judge(password);
      case '/account-link/finish':
        return this.finish;
      default:
        return { status: 404, code: 'not_found' };
    }
  }
}

export const totp = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Daon%20Bank:minji.kim?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Daon%20Bank',
};

export const recoveryCodes = [
  'kmrt-x7wd',
  'p3hn-qz8v',
  'w9cf-2jmt',
  'b6xk-r4np',
  'h2vd-8swq',
  't7jz-c3gm',
  'n4pb-k9xr',
  'f8wq-d5ht',
  'r3gm-v6zc',
  'z5nk-j2bp',
];

export function opened(changes: Partial<OpenedLink> = {}): OpenedLink {
  return {
    name: 'minji.kim',
    role: 'operator',
    purpose: 'invitation',
    second_factor: 'needed',
    totp,
    rules: { minimum_length: 12, mixed: false },
    life_seconds: 86_400,
    ...changes,
  };
}

export const kept = { purpose: 'lost_password', second_factor: 'kept', totp: null } as const;

/** Long enough, and liked by nobody else. */
export const goodPassword = 'harbour lantern quilt';

/** Chooses a password and goes on to the second factor. */
export async function choosePassword(page: Page): Promise<void> {
  await page.getByTestId('start').click();
  await page.getByTestId('password-input').fill(goodPassword);
  await page.getByTestId('repeated-input').fill(goodPassword);
  await page.getByTestId('password-submit').click();
}
