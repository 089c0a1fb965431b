// Light, dark, or as the system is. The tokens ask the system by a media query; a choice changes what the query says.
import { keep, kept } from './kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const QUERY = '(prefers-color-scheme: dark)';
/** Paper is light, whatever the screen is. */
const MEDIA: Record<Theme, string> = { system: `screen and ${QUERY}`, light: 'not all', dark: 'screen' };

const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value);

export class ThemeChoice {
  current = $state<Theme>(kept('theme', 'system', isTheme));
  /** Changes whenever colours are others: whoever paints with them paints anew. */
  painted = $state(0);
  readonly #rules: CSSMediaRule[] = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSMediaRule)
    .filter((rule) => rule.media.mediaText.includes('prefers-color-scheme'));

  /** Follows the system's own change of colours, and the printer. */
  attach(): () => void {
    this.#apply();
    const media = [QUERY, 'print'].map((query) => matchMedia(query));
    const changed = () => (this.painted += 1);
    for (const one of media) one.addEventListener('change', changed);
    return () => {
      for (const one of media) one.removeEventListener('change', changed);
    };
  }

  choose(theme: Theme): void {
    this.current = theme;
    keep('theme', theme);
    this.#apply();
  }

  #apply(): void {
    for (const rule of this.#rules) rule.media.mediaText = MEDIA[this.current];
    this.painted += 1;
  }
}
