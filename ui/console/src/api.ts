// The one place that talks to the broker. What it answers is a value or a problem; nothing is thrown.
import type { ErrorCode } from '@beside/kit/generated/ErrorCode.ts';
import { errorForOperator } from '@beside/kit/words/errors.ts';
import { isPasswordReason, type PasswordReason, type PasswordRules } from '@beside/kit/words/passwords.ts';
import type { Role } from '@beside/kit/words/roles.ts';

/** Passwords are hashed behind a queue; still nobody waits longer than this. */
const ANSWER_MS = 10_000;

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
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), ANSWER_MS);
  try {
    const response = await fetch(`/api/v1${path}`, {
      method,
      signal: patience.signal,
      cache: 'no-store',
      redirect: 'error',
      ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return response.ok ? { ok: true, value: JSON.parse(text) as T } : { ok: false, problem: problemOf(text) };
  } catch (error) {
    return { ok: false, problem: plain(error instanceof SyntaxError ? 'broker_misbehaved' : 'broker_unreachable') };
  } finally {
    clearTimeout(timer);
  }
}

/** An answer that is no problem document comes from something between here and the broker. */
function problemOf(text: string): Problem {
  const told = JSON.parse(text) as { code?: unknown; retry_after?: unknown; reasons?: unknown };
  const code = isErrorCode(told.code) ? told.code : 'broker_misbehaved';
  const retryAfter = typeof told.retry_after === 'number' ? told.retry_after : null;
  return { code, retryAfter, reasons: knownReasons(told.reasons) };
}

function plain(code: ErrorCode): Problem {
  return { code, retryAfter: null, reasons: [] };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorForOperator, code);
}

/** A reason without words yet still means that the password is too easy to guess. */
function knownReasons(reasons: unknown): PasswordReason[] {
  if (!Array.isArray(reasons)) return [];
  return [...new Set(reasons.map((reason) => (isPasswordReason(reason) ? reason : 'guessable')))];
}
