import { cleanup } from '@testing-library/svelte';
import { afterEach, vi } from 'vitest';

/** The size of everything that is observed: rows of 56 px in a list of 560 px. */
class StillObserver implements ResizeObserver {
  readonly #tell: ResizeObserverCallback;

  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }

  observe(target: Element): void {
    const height = target.getAttribute('role') === 'grid' ? 560 : 56;
    const contentRect = { height, width: 372 } as DOMRectReadOnly;
    queueMicrotask(() => this.#tell([{ target, contentRect } as ResizeObserverEntry], this));
  }

  unobserve(): void {}
  disconnect(): void {}
}

/** What this DOM lacks: sizes, scrolling and modal dialogs. */
function complete(window: Window & typeof globalThis): void {
  window.ResizeObserver = StillObserver;
  Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
    get(this: HTMLElement) {
      return this.parentElement;
    },
  });
  HTMLElement.prototype.scrollTo = function (this: HTMLElement) {};

  // This DOM has no modal dialogs yet.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.setAttribute('open', '');
  };
}

if (typeof window !== 'undefined') complete(window);

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});
