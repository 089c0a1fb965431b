// The language of this window. Messages read it through Paraglide, so changing it repaints every word at once.
import { isLocale, overwriteGetLocale, type Locale } from './paraglide/runtime.js';

/** Each language by its own name, so that whoever can't read the others finds it. */
export const languageNames: { locale: Locale; name: string }[] = [
  { locale: 'ko', name: '한국어' },
  { locale: 'en', name: 'English' },
  { locale: 'ja', name: '日本語' },
];

class Language {
  current = $state<Locale>('en');

  /** Takes a language that a controller named; one without words becomes English. */
  set(name: string): void {
    this.current = isLocale(name) ? name : 'en';
    document.documentElement.lang = this.current;
  }
}

export const language = new Language();

overwriteGetLocale(() => language.current);
