// An account link from its opening to its end: which step is shown, and what was typed so far.
import type { PasswordReason, PasswordRules } from '@beside/kit/words/passwords.ts';
import type { Role } from '@beside/kit/words/roles.ts';

import type { Answer, Broker, FinishedLink, Judgement, OpenedLink, Problem, Totp } from '../../api.ts';

export type LinkBroker = Pick<Broker, 'openLink' | 'judgePassword' | 'finishLink'>;

/** The second factor that this link is about. */
export type Factor = { is: 'new'; totp: Totp; optional: boolean } | { is: 'kept' };

/** Whose link it is. */
export interface Account {
  name: string;
  role: Role;
  purpose: OpenedLink['purpose'];
  rules: PasswordRules;
  factor: Factor;
  /** When the link stops working, Unix milliseconds. */
  ends: number;
}

export type Step =
  | { at: 'opening' }
  /** The address had no token, or has it no longer. */
  | { at: 'missing' }
  /** The link can't be used, or not now. */
  | { at: 'stopped'; problem: Problem }
  | { at: 'welcome' }
  /** `refused`: what the broker's last word had against the password. */
  | { at: 'password'; refused: PasswordReason[] }
  | { at: 'factor'; problem: Problem | null }
  /** Recovery codes, shown once. */
  | { at: 'codes'; codes: string[] }
  | { at: 'done' }
  /** The link was used up by a request whose answer never came. */
  | { at: 'unsure' };

export class AccountLink {
  step = $state.raw<Step>({ at: 'opening' });
  /** There once the link was opened. */
  account = $state.raw<Account | null>(null);
  /** The last request is under way. */
  busy = $state(false);

  readonly #broker: LinkBroker;
  #token: string;
  #password = '';
  /** A finish went out and nobody knows whether it was carried out. */
  #unanswered = false;

  constructor(broker: LinkBroker, token: string | null) {
    this.#broker = broker;
    this.#token = token ?? '';
    if (token === null) this.step = { at: 'missing' };
  }

  /** Opens the link; also tries again after a problem. */
  async open(): Promise<void> {
    if (this.#token === '') return;
    this.step = { at: 'opening' };
    const answer = await this.#broker.openLink(this.#token);
    const account = answer.ok ? accountOf(answer.value) : null;
    this.account = account;
    if (account) this.step = { at: 'welcome' };
    else this.step = { at: 'stopped', problem: answer.ok ? misbehaved : answer.problem };
  }

  start(): void {
    this.step = { at: 'password', refused: [] };
  }

  /** Asks what the broker thinks of a password. A link that has ended meanwhile ends here too. */
  async judge(password: string): Promise<Answer<Judgement>> {
    const answer = await this.#broker.judgePassword(this.#token, password);
    if (!answer.ok && answer.problem.code === 'link_invalid') this.#ended(answer.problem);
    return answer;
  }

  choose(password: string): void {
    this.#password = password;
    this.step = { at: 'factor', problem: null };
  }

  backToPassword(): void {
    this.#password = '';
    this.start();
  }

  /** Sends everything: with the six digits, a recovery code, or nothing where a second factor may be skipped. */
  async finish(secondFactor: string | null): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const answer = await this.#broker.finishLink(this.#token, this.#password, secondFactor);
    this.busy = false;
    if (answer.ok) this.#finished(answer.value);
    else this.#refused(answer.problem);
  }

  codesKept(): void {
    this.step = { at: 'done' };
  }

  #finished({ recovery_codes: codes }: FinishedLink): void {
    this.#token = '';
    this.#password = '';
    this.step = codes.length > 0 ? { at: 'codes', codes } : { at: 'done' };
  }

  #refused(problem: Problem): void {
    switch (problem.code) {
      case 'link_invalid':
        this.#ended(problem);
        break;
      case 'password_refused':
        this.#password = '';
        this.step = { at: 'password', refused: problem.reasons };
        break;
      default:
        this.#unanswered ||= problem.code === 'broker_unreachable' || problem.code === 'broker_misbehaved';
        this.step = { at: 'factor', problem };
    }
  }

  #ended(problem: Problem): void {
    this.#token = '';
    this.#password = '';
    this.step = this.#unanswered ? { at: 'unsure' } : { at: 'stopped', problem };
  }
}

const misbehaved: Problem = { code: 'broker_misbehaved', retryAfter: null, reasons: [] };

/** A new second factor without its secret is nothing that a person could set up. */
function accountOf(opened: OpenedLink): Account | null {
  const { name, role, purpose, rules, totp, second_factor: wanted } = opened;
  const whose = { name, role, purpose, rules, ends: Date.now() + opened.life_seconds * 1_000 };
  if (wanted === 'kept') return { ...whose, factor: { is: 'kept' } };
  return totp && { ...whose, factor: { is: 'new', totp, optional: wanted === 'possible' } };
}

/** How many steps there are: a factor that is kept gives no new recovery codes. */
export function stepsOf({ factor }: Account): number {
  return factor.is === 'new' ? 3 : 2;
}
