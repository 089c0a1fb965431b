// The broker's judgement of a password while it is typed: asked for when the typing rests, and only the newest counts.
import type { PasswordReason } from '@beside/kit/words/passwords.ts';

import type { Answer, Judgement, Problem } from '../../api.ts';

/** Long enough not to ask at every key, short enough to be there when the eye looks for it. */
const REST_MS = 400;

export type Verdict =
  | { is: 'none' }
  /** Not asked for: so many characters are missing. */
  | { is: 'short'; missing: number }
  | { is: 'asking' }
  | { is: 'accepted' }
  | { is: 'refused'; reasons: PasswordReason[] }
  /** The broker could not be asked. */
  | { is: 'unknown'; problem: Problem };

export class Judge {
  verdict = $state.raw<Verdict>({ is: 'none' });

  readonly #ask: (password: string) => Promise<Answer<Judgement>>;
  readonly #minimum: number;
  /** What the verdict is about. */
  #password = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: Promise<void> | null = null;

  constructor(ask: (password: string) => Promise<Answer<Judgement>>, minimum: number) {
    this.#ask = ask;
    this.#minimum = minimum;
  }

  /** A password as typed so far. */
  look(password: string): void {
    if (password === this.#password) return;
    this.#password = password;
    this.#asked = null;
    clearTimeout(this.#timer);
    const missing = this.#minimum - [...password].length;
    if (password === '') this.verdict = { is: 'none' };
    else if (missing > 0) this.verdict = { is: 'short', missing };
    else {
      this.verdict = { is: 'asking' };
      this.#timer = setTimeout(() => void this.#now(), REST_MS);
    }
  }

  /** The verdict on this very password, asked for at once if it is not there yet. */
  async settle(password: string): Promise<Verdict> {
    this.look(password);
    // A broker that could not be asked a moment ago is asked again.
    if (this.verdict.is === 'unknown') this.#asked = null;
    if (this.verdict.is === 'asking' || this.verdict.is === 'unknown') await (this.#asked ?? this.#now());
    return this.verdict;
  }

  #now(): Promise<void> {
    clearTimeout(this.#timer);
    this.verdict = { is: 'asking' };
    this.#asked = this.#judge(this.#password);
    return this.#asked;
  }

  async #judge(password: string): Promise<void> {
    const answer = await this.#ask(password);
    if (password !== this.#password) return;
    if (!answer.ok) this.verdict = { is: 'unknown', problem: answer.problem };
    else if (answer.value.accepted) this.verdict = { is: 'accepted' };
    else this.verdict = { is: 'refused', reasons: answer.value.reasons };
  }
}
