// Everybody's names: the rest of the API names accounts by their ids. Read once, and again after a change.
import type { AccountEntry } from '../generated/api.ts';
import type { Refusal } from '../wire.ts';
import type { Api } from './api.ts';
import { ROWS_MAX } from './pages.svelte.ts';

const LIMIT = 200;

export class Directory {
  /** By name. */
  accounts = $state.raw<AccountEntry[]>([]);
  begun = $state(false);
  problem = $state.raw<Refusal | null>(null);
  readonly #api: Api;
  #byId = $derived(new Map(this.accounts.map((account) => [account.id, account])));

  constructor(api: Api) {
    this.#api = api;
  }

  /** Reads if nobody has yet. */
  async need(): Promise<void> {
    if (!this.begun) await this.read();
  }

  async read(): Promise<void> {
    const found: AccountEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#api.ask('get', '/accounts', { query: { cursor, limit: LIMIT } });
      this.problem = page.ok ? null : page.problem;
      if (!page.ok) return;
      found.push(...page.value.items);
      cursor = page.value.next ?? undefined;
    } while (cursor !== undefined && found.length < ROWS_MAX);
    this.accounts = found.sort((one, other) => one.name.localeCompare(other.name));
    this.begun = true;
  }

  of(id: string): AccountEntry | undefined {
    return this.#byId.get(id);
  }

  /** The name, or the id of an account that is not known. */
  name(id: string): string {
    return this.of(id)?.name ?? id;
  }
}
