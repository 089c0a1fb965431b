// Six digits: how they are read from what a person types or pastes, how they are grouped, and how they are spoken.
import { m } from './paraglide/messages.js';

export const DIGITS = 6;

/** `code` is grouped `123 456`, `number` is grouped `12 34 56`: nobody should take one for the other. */
export type Grouping = 'code' | 'number';

/** The first six digits of any text; full-width digits of an input method count as digits. */
export function digitsOf(text: string): string {
  return text.normalize('NFKC').replace(/\D/gu, '').slice(0, DIGITS);
}

/** The digits with the spaces of their grouping. */
export function grouped(digits: string, grouping: Grouping): string[] {
  const size = grouping === 'code' ? 3 : 2;
  return digits.match(new RegExp(`.{1,${size}}`, 'gu')) ?? [];
}

/** The digits one by one in words, for a screen reader. */
export function spoken(digits: string): string {
  const words = [
    m.digit_0,
    m.digit_1,
    m.digit_2,
    m.digit_3,
    m.digit_4,
    m.digit_5,
    m.digit_6,
    m.digit_7,
    m.digit_8,
    m.digit_9,
  ];
  return [...digits].map((digit) => words[Number(digit)]?.() ?? '').join(', ');
}
