// The language of a page: the one that was chosen here before, else the browser's first that has words, else English.
import { isLocale, type Locale } from '@beside/kit/paraglide/runtime.js';

const CHOSEN = 'beside.language';

export function preferredLanguage(): Locale {
  const chosen = remembered();
  if (isLocale(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLocale) ?? 'en';
}

/** A browser that keeps nothing asks its own languages again next time. */
export function rememberLanguage(locale: Locale): void {
  try {
    localStorage.setItem(CHOSEN, locale);
  } catch {
    return;
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}
