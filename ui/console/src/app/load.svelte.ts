// Something that is read from the broker: not there yet, there, or not to be had; and what was there before stays.
import type { Refusal, Result } from '../wire.ts';

export class Load<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Refusal | null>(null);
  busy = $state(false);
  #asked = 0;

  /** Reads; an answer to an older question is dropped. */
  async read(question: Promise<Result<T>>): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    const result = await question;
    if (asked !== this.#asked) return;
    this.busy = false;
    this.problem = result.ok ? null : result.problem;
    if (result.ok) this.value = result.value;
  }

  /** Forgets what was there: it was about something else. */
  clear(): void {
    this.#asked += 1;
    this.value = null;
    this.problem = null;
    this.busy = false;
  }
}
