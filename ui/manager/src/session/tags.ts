// Tags of a session, as they are offered and typed.

/** As many as the broker keeps of a session. */
export const TAGS_MAX = 8;
/** As many as are offered beside those that are chosen, so that the note stays in sight. */
const OFFERED_MAX = 16;

/** A tag as it is kept. */
export const tidy = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** What stands there to be chosen: what is offered, in its order, then what was typed. */
export function chips(offered: readonly string[], chosen: readonly string[]): string[] {
  const shown = offered.filter((tag, index) => index < OFFERED_MAX || chosen.includes(tag));
  return [...shown, ...chosen.filter((tag) => !shown.includes(tag))];
}
