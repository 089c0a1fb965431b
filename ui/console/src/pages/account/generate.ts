// A password that nobody has to think of: groups of five letters, easy to read off a screen.

const GROUP = 5;
const GROUPS = 4;
/** Without i, l and o, which are taken for one another and for digits. 20 of them are 90 bits. */
const SMALL = 'abcdefghjkmnpqrstuvwxyz';
const CAPITAL = SMALL.toUpperCase();
const DIGITS = '23456789';

/** A whole number from 0 to below `bound`, each as likely. */
export type Below = (bound: number) => number;

export interface Wanted {
  minimum_length: number;
  /** Small and capital letters, a digit and a sign (the hyphen). */
  mixed: boolean;
}

export function generatePassword(wanted: Wanted, below: Below = randomBelow): string {
  const groups = Math.max(GROUPS, Math.ceil((wanted.minimum_length + 1) / (GROUP + 1)));
  const alphabet = wanted.mixed ? SMALL + CAPITAL + DIGITS : SMALL;
  const draw = () => Array.from({ length: groups * GROUP }, () => alphabet[below(alphabet.length)] ?? '');
  let signs = draw();
  // Drawing anew keeps every password that has all kinds as likely as any other.
  while (wanted.mixed && ![SMALL, CAPITAL, DIGITS].every((kind) => signs.some((sign) => kind.includes(sign)))) {
    signs = draw();
  }
  return Array.from({ length: groups }, (_, group) => signs.slice(group * GROUP, (group + 1) * GROUP).join('')).join(
    '-',
  );
}

/** From the browser's generator; bytes past the last whole multiple of the bound would favour its first numbers. */
function randomBelow(bound: number): number {
  const limit = 256 - (256 % bound);
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while ((byte[0] ?? 0) >= limit);
  return (byte[0] ?? 0) % bound;
}
