// What pages ask the broker that need no sign-in.
import type { ErrorCode } from '@beside/kit/generated/ErrorCode.ts';
import { isPasswordReason, type PasswordReason, type PasswordRules } from '@beside/kit/words/passwords.ts';
import type { Role } from '@beside/kit/words/roles.ts';

import { send } from './wire.ts';

/** Why there is no value: RFC 9457, as far as a page can use it. */
export interface Problem {
  code: ErrorCode;
  /** Seconds after which another try makes sense. */
  retryAfter: number | null;
  /** What is wrong with a password. */
  reasons: PasswordReason[];
}

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** What the public page shows. A contact is a mail address or a URL. */
export interface About {
  organisation: string | null;
  security_contact: string | null;
  privacy_contact: string | null;
}

/** What an account link opens. */
export interface OpenedLink {
  name: string;
  role: Role;
  purpose: 'invitation' | 'lost_password';
  /** `needed` and `possible` come with `totp`; `kept` asks for the one that the account has. */
  second_factor: 'needed' | 'possible' | 'kept';
  totp: Totp | null;
  rules: PasswordRules;
  /** How long the link still works. */
  life_seconds: number;
}

/** A new second factor: the secret in Base32, and the same as `otpauth://totp/…` for a camera. */
export interface Totp {
  secret: string;
  uri: string;
}

export interface Judgement {
  accepted: boolean;
  reasons: PasswordReason[];
}

export interface FinishedLink {
  /** Empty if no second factor is new. */
  recovery_codes: string[];
}

export const broker = {
  about: () => ask<About>('GET', '/about'),

  openLink: (token: string) => ask<OpenedLink>('POST', '/account-link/open', { token }),

  async judgePassword(token: string, password: string): Promise<Answer<Judgement>> {
    const answer = await ask<Judgement>('POST', '/account-link/judge', { token, password });
    if (!answer.ok) return answer;
    return { ok: true, value: { ...answer.value, reasons: knownReasons(answer.value.reasons) } };
  },

  finishLink: (token: string, password: string, secondFactor: string | null) =>
    ask<FinishedLink>('POST', '/account-link/finish', { token, password, second_factor: secondFactor }),
};

export type Broker = typeof broker;

async function ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer<T>> {
  const result = await send<T>({ method, path, body });
  if (result.ok) return result;
  const { code, retryAfter, reasons } = result.problem;
  return { ok: false, problem: { code, retryAfter, reasons: knownReasons(reasons) } };
}

/** A reason without words yet still means that the password is too easy to guess. */
function knownReasons(reasons: unknown): PasswordReason[] {
  if (!Array.isArray(reasons)) return [];
  return [...new Set(reasons.map((reason) => (isPasswordReason(reason) ? reason : 'guessable')))];
}
