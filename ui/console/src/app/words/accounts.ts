// How an account stands, in a word.
import { m } from '@beside/kit/paraglide/messages.js';

import type { AccountState } from '../../generated/api.ts';

export const stateWord: Record<AccountState, () => string> = {
  invited: m.account_invited,
  active: m.account_active,
  ended: m.account_ended,
};
