// Who is signed in here. The sign-in itself is a cookie that no script can read; all tabs of a browser share it.
import type { ConsoleSignedIn, OwnAccount, SignIn } from '../generated/api.ts';
import type { Refusal, Result } from '../wire.ts';
import { Api } from './api.ts';
import { ending, TOLD_MS, WARNING_MS, type Ending } from './endings.ts';
import { solved } from './proof/solve.ts';

export type Account = Pick<OwnAccount, 'id' | 'name' | 'role'>;

export type Standing =
  /** The broker is being asked. */
  | { is: 'asking' }
  | { is: 'unknown'; problem: Refusal }
  /** `because`: how the sign-in before ended, if there was one. */
  | { is: 'out'; because: 'idle' | 'whole' | 'broker' | null }
  | { is: 'in'; account: Account; secondFactor: boolean };

type Credentials = Omit<SignIn, 'proof'>;

/** What tabs tell each other. */
type Word = { used: number } | { csrf: string; until: number } | { out: true };

const BEGAN = 'beside.signed-in';
const TICK_MS = 1_000;

export class Access {
  standing = $state.raw<Standing>({ is: 'asking' });
  /** Until when sensitive things may be done, Unix milliseconds. */
  steppedUpUntil = $state(0);
  /** There in the last minute before the end. */
  warning = $state.raw<Ending | null>(null);

  readonly api = new Api({ used: () => this.#used(), ended: () => this.#ended('broker') });
  readonly #tabs = new BroadcastChannel('beside.console');
  #lastUsed = 0;

  /** Follows the other tabs, the person and the clock. */
  attach(): () => void {
    const moved = () => void this.#moved();
    const gestures = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;
    for (const gesture of gestures) addEventListener(gesture, moved, { passive: true });
    const timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tabs.onmessage = ({ data }: MessageEvent<Word>) => this.#heard(data);
    return () => {
      for (const gesture of gestures) removeEventListener(gesture, moved);
      clearInterval(timer);
      this.#tabs.close();
    };
  }

  /** Asks whether the browser is signed in. */
  async look(): Promise<void> {
    this.standing = { is: 'asking' };
    const own = await this.#own();
    if (!own.ok && this.standing.is === 'asking') {
      this.standing =
        own.problem.code === 'signed_out' ? { is: 'out', because: null } : { is: 'unknown', problem: own.problem };
    }
  }

  /** Signs in. A proof of work that the broker asks for is computed beside the page; `working` is told. */
  async signIn(credentials: Credentials, working: (works: boolean) => void): Promise<Refusal | null> {
    let answer = await this.#try(credentials, {});
    const challenge = answer.ok ? null : answer.problem.challenge;
    if (challenge !== null) {
      working(true);
      const proof = await solved(challenge);
      if (proof) answer = await this.#try(credentials, { proof });
      working(false);
    }
    if (!answer.ok) return answer.problem;
    const { account, csrf } = answer.value;
    this.#keepBegin(Date.now());
    this.#take(csrf, 0);
    this.#used();
    this.standing = { is: 'in', account, secondFactor: credentials.second_factor != null };
    return null;
  }

  async signOut(): Promise<void> {
    await this.api.ask('post', '/sign-out');
    this.#say({ out: true });
    this.#ended(null);
  }

  /** Gives the second factor again. */
  async stepUp(secondFactor: string): Promise<Refusal | null> {
    const answer = await this.api.ask('post', '/step-up', { body: { second_factor: secondFactor } });
    if (!answer.ok) return answer.problem;
    const { csrf, until } = { csrf: this.api.csrf, ...answer.value };
    this.#take(csrf ?? '', until);
    this.#say({ csrf: this.api.csrf, until });
    return null;
  }

  /** Whether sensitive things may be done now. */
  get steppedUp(): boolean {
    return this.steppedUpUntil > Date.now();
  }

  /** The person wants to stay. */
  async stay(): Promise<void> {
    await this.#own();
  }

  #try(credentials: Credentials, more: Pick<SignIn, 'proof'>): Promise<Result<ConsoleSignedIn>> {
    return this.api.ask('post', '/console/sign-in', { body: { ...credentials, ...more } });
  }

  async #own(): Promise<Result<unknown>> {
    const own = await this.api.ask('get', '/own');
    if (own.ok) {
      const { id, name, role, second_factor: secondFactor, csrf, stepped_up_until: until } = own.value;
      this.#take(csrf ?? '', until ?? 0);
      this.standing = { is: 'in', account: { id, name, role }, secondFactor };
    }
    return own;
  }

  #take(csrf: string, until: number): void {
    this.api.csrf = csrf;
    this.steppedUpUntil = until;
  }

  #used(): void {
    this.#lastUsed = Date.now();
    this.warning = null;
    this.#say({ used: this.#lastUsed });
  }

  #say(word: Word): void {
    this.#tabs.postMessage(word);
  }

  #heard(word: Word): void {
    if ('used' in word) this.#lastUsed = Math.max(this.#lastUsed, word.used);
    else if ('csrf' in word) this.#take(word.csrf, word.until);
    else this.#ended(null);
  }

  async #moved(): Promise<void> {
    const due = Date.now() - this.#lastUsed >= TOLD_MS;
    if (this.standing.is !== 'in' || !due) return;
    this.#lastUsed = Date.now();
    await this.#own();
  }

  #tick(): void {
    if (this.standing.is !== 'in') return;
    const next = ending(Date.now(), this.#lastUsed, this.#began());
    this.warning = next.left <= WARNING_MS ? next : null;
    // Not asked for: asking would count as use.
    if (next.left === 0) this.#ended(next.is);
  }

  #ended(because: 'idle' | 'whole' | 'broker' | null): void {
    if (this.standing.is === 'asking') return;
    this.#take('', 0);
    this.warning = null;
    this.standing = { is: 'out', because };
  }

  /** Kept for this tab: a page that is loaded again knows when its sign-in began. */
  #keepBegin(at: number): void {
    try {
      sessionStorage.setItem(BEGAN, String(at));
    } catch {
      return;
    }
  }

  #began(): number | null {
    try {
      const kept = Number(sessionStorage.getItem(BEGAN) ?? Number.NaN);
      return Number.isFinite(kept) && kept > 0 ? kept : null;
    } catch {
      return null;
    }
  }
}
