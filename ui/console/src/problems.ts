// Problems in words, as a page says them: the broker is the server that this page came from.
import type { ErrorCode } from '@beside/kit/generated/ErrorCode.ts';
import { m } from '@beside/kit/paraglide/messages.js';
import { errorForOperator } from '@beside/kit/words/errors.ts';

/** What happened, a break, and what to do. */
export function problemText(code: ErrorCode): string {
  return code === 'broker_unreachable' ? m.web_unreachable() : errorForOperator[code]();
}
