// Views carry times as of the moment they were sent; the page counts on from there.

/** Twice a second keeps every shown second honest; a text that stays the same is not painted again. */
const TICK_MS = 500;

class ViewClock {
  #restarted = performance.now();
  #elapsed = $state(0);

  constructor() {
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** A new view has come: its times are exact now. */
  restart(): void {
    this.#restarted = performance.now();
    this.#elapsed = 0;
  }

  /** What is left now of `ms` milliseconds left when the view was sent. */
  left(ms: number): number {
    return Math.max(0, ms - this.#elapsed);
  }

  /** What has passed now of `ms` milliseconds passed when the view was sent. */
  passed(ms: number): number {
    return ms + this.#elapsed;
  }

  #tick(): void {
    if (!document.hidden) this.#elapsed = performance.now() - this.#restarted;
  }
}

export const clock = new ViewClock();
