// What came of a session, in words.
import type { Outcome } from '../generated/Outcome';
import { m } from '../paraglide/messages.js';

export const outcomeWords: Record<Outcome, () => string> = {
  solved: m.outcome_solved,
  call_back: m.outcome_call_back,
  unsolved: m.outcome_unsolved,
};

/** In the order in which they are offered. */
export const outcomes = Object.keys(outcomeWords) as Outcome[];
