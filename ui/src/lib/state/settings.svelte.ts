import { asFailure, type Backend } from '../backend/backend';
import type { Failure, Settings, Theme } from '../contract';
import { speak } from './language.svelte';

/** What the person chose. A change holds at once and is kept; if keeping fails, the old choice returns. */
export class Choices {
  current: Settings = $state.raw({
    theme: 'system',
    language: 'system',
    region: null,
    watch_minutes: 30,
    watch_sound: false,
  });
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    this.#apply(await this.#backend.settings());
  }

  /** Changes something. Resolves to what failed, or nothing. */
  async choose(change: Partial<Settings>): Promise<Failure | null> {
    const before = this.current;
    this.#apply({ ...before, ...change });
    try {
      await this.#backend.saveSettings(this.current);
      return null;
    } catch (thrown) {
      this.#apply(before);
      return asFailure(thrown);
    }
  }

  #apply(settings: Settings): void {
    this.current = settings;
    speak(settings.language);
    wear(settings.theme);
  }
}

/** Puts the theme on the page; without one the page follows the desktop. */
function wear(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
