// Why a password was refused, by the broker's stable codes.
import { m } from '../paraglide/messages.js';

/** What an administrator asks of every password. */
export interface PasswordRules {
  /** Characters. */
  minimum_length: number;
  /** Small and capital letters, digits and signs are asked for. */
  mixed: boolean;
}

export type PasswordReason =
  | 'too_short'
  | 'too_long'
  | 'not_mixed'
  | 'breached'
  | 'common'
  | 'name_inside'
  | 'organisation_inside'
  | 'sequence'
  | 'repeated'
  | 'keyboard_pattern'
  | 'date'
  | 'guessable';

export const passwordReason: Record<PasswordReason, (rules: PasswordRules) => string> = {
  too_short: ({ minimum_length }) => m.pw_too_short({ count: minimum_length }),
  too_long: () => m.pw_too_long(),
  not_mixed: () => m.pw_not_mixed(),
  breached: () => m.pw_breached(),
  common: () => m.pw_common(),
  name_inside: () => m.pw_name_inside(),
  organisation_inside: () => m.pw_organisation_inside(),
  sequence: () => m.pw_sequence(),
  repeated: () => m.pw_repeated(),
  keyboard_pattern: () => m.pw_keyboard_pattern(),
  date: () => m.pw_date(),
  guessable: () => m.pw_guessable(),
};

export function isPasswordReason(reason: unknown): reason is PasswordReason {
  return typeof reason === 'string' && Object.hasOwn(passwordReason, reason);
}
