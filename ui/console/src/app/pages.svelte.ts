// A long list that the broker gives page by page.
import type { Refusal, Result } from '../wire.ts';

/** Rows kept at most: whoever has read so many has to ask more narrowly. */
export const ROWS_MAX = 10_000;

interface Page<T> {
  items: T[];
  next?: string | null;
}

export class Pages<T> {
  rows = $state.raw<T[]>([]);
  /** The first page has come. */
  begun = $state(false);
  /** There are further rows. */
  more = $state(false);
  busy = $state(false);
  problem = $state.raw<Refusal | null>(null);

  #ask: ((cursor: string | undefined) => Promise<Result<Page<T>>>) | null = null;
  #next: string | undefined;
  #asked = 0;

  /** Starts anew, with another question. What was there stays until the answer comes. */
  async start(ask: (cursor: string | undefined) => Promise<Result<Page<T>>>): Promise<void> {
    this.#ask = ask;
    this.#next = undefined;
    await this.#read([]);
  }

  /** Reads the next page, if there is one and room for it. */
  async further(): Promise<void> {
    if (this.busy || !this.more || this.full) return;
    await this.#read(this.rows);
  }

  /** Asks for the same page again. */
  async again(): Promise<void> {
    await this.#read(this.begun && this.#next !== undefined ? this.rows : []);
  }

  get full(): boolean {
    return this.rows.length >= ROWS_MAX;
  }

  async #read(before: T[]): Promise<void> {
    if (!this.#ask) return;
    const asked = ++this.#asked;
    this.busy = true;
    const result = await this.#ask(this.#next);
    if (asked !== this.#asked) return;
    this.busy = false;
    this.problem = result.ok ? null : result.problem;
    if (!result.ok) {
      if (before.length === 0) this.begun = false;
      return;
    }
    this.#next = result.value.next ?? undefined;
    this.rows = [...before, ...result.value.items];
    this.begun = true;
    this.more = this.#next !== undefined;
  }
}
