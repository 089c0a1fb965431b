// What must be confirmed: one dialog asks for the second factor, if that is due, and for the reason, then does it.
import type { Snippet } from 'svelte';

import type { Refusal, Result } from '../wire.ts';

/** What a person is about to do. */
export interface Deed {
  /** The question. */
  title: string;
  /** What follows from it, in one line. */
  consequence: string;
  /** The words of the button. */
  act: string;
  /** It can't be undone. */
  danger?: boolean;
  /** More to fill in, above the reason. */
  form?: Snippet;
  /** The form can be sent. */
  ready?: () => boolean;
  /** Does it. `anyway`: although its maker could then no longer sign in from here. */
  run: (reason: string, anyway: boolean) => Promise<Result<unknown>>;
  /** Only the form is asked for: it needs neither second factor nor reason. */
  plain?: boolean;
}

export class Sensitive {
  deed = $state.raw<Deed | null>(null);
  #answered: ((done: boolean) => void) | null = null;

  /** Asks, and does it: true once it is done, false if the person would rather not. */
  ask(deed: Deed): Promise<boolean> {
    this.#answered?.(false);
    this.deed = deed;
    return new Promise((answered) => (this.#answered = answered));
  }

  close(done: boolean): void {
    this.deed = null;
    this.#answered?.(done);
    this.#answered = null;
  }
}

/** A refusal that only the second factor lifts. */
export const needsFactor = ({ code }: Refusal): boolean => code === 'step_up_needed';
