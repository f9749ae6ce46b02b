import type { Language } from '../contract';
import { overwriteGetLocale } from '../paraglide/runtime.js';

/** The languages that the catalogue is complete in. */
export type Locale = 'en' | 'de';

let current: Locale = $state('en');

// Every message asks for the language through this state, so a change repaints every word.
overwriteGetLocale(() => current);

/** The language of the window now. */
export function locale(): Locale {
  return current;
}

/** Speaks the chosen language; `system` is the desktop's, or English. */
export function speak(language: Language): void {
  const wanted = language === 'system' ? navigator.language : language;
  current = wanted.toLowerCase().startsWith('de') ? 'de' : 'en';
  document.documentElement.lang = current;
}
