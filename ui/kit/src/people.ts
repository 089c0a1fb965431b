// What people are called on the screens.
import type { HelperView } from './generated/HelperView';
import { m } from './paraglide/messages.js';

/** The operator inside a sentence: by name if verified. */
export function helperName(helper: HelperView): string {
  return helper.name === null ? m.helper_unnamed() : m.helper_named({ name: helper.name });
}

/** The operator at the start of a sentence. */
export function helperNameFirst(helper: HelperView): string {
  return helper.name === null ? m.helper_unnamed_start() : m.helper_named({ name: helper.name });
}

/** The customer as the manager names one. */
export function customerName(name: string | null): string {
  return name === null ? m.customer_unnamed() : m.customer_named({ name });
}

/** One or two letters for a round sign: `MK`, `민` (the given name), `佐` (the family name). */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = words[0] ?? '';
  const letters = [...first];
  if (/^\p{Script=Hangul}{2,4}$/u.test(first)) return letters[1] ?? '';
  if (!/^\p{Script=Latin}/u.test(first)) return letters[0] ?? '';
  const second = words.length > 1 ? [...(words.at(-1) ?? '')][0] : undefined;
  return `${letters[0] ?? ''}${second ?? ''}`.toLocaleUpperCase();
}
