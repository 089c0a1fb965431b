// How a customer found it: a sign and a word.
import type { Felt } from '../generated/Felt';
import type { IconName } from '../icons';
import { m } from '../paraglide/messages.js';

export const feltWords: Record<Felt, () => string> = { good: m.rate_good, fair: m.rate_fair, poor: m.rate_poor };
export const feltSigns: Record<Felt, IconName> = { good: 'faceGood', fair: 'faceFair', poor: 'facePoor' };

/** In the order in which they are offered. */
export const feltAll = Object.keys(feltWords) as Felt[];
