// Input on its way to the controller: one batch at a time, so that the order of events is the order of acts.
import type { PageInput } from '@beside/kit/generated/PageInput.ts';

/** Events that may wait while the controller is busy. A person makes a few hundred a second at most. */
const WAITING_MAX = 4_096;

export class Outbox {
  #waiting: PageInput[] = [];
  #sending = false;

  constructor(private readonly deliver: (events: PageInput[]) => Promise<void>) {}

  /** Takes events in order. When full, all that waits is dropped and every key and button is let go instead. */
  put(events: PageInput[]): void {
    for (const event of events) this.#add(event);
    if (this.#waiting.length > WAITING_MAX) this.#waiting = [{ type: 'release_all' }];
    void this.#flush();
  }

  /** Of several moves in a row only the last one matters. */
  #add(event: PageInput): void {
    const last = this.#waiting.at(-1);
    if (event.type === 'move' && last?.type === 'move') this.#waiting.pop();
    this.#waiting.push(event);
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#waiting.length > 0) {
        const events = this.#waiting;
        this.#waiting = [];
        await this.deliver(events);
      }
    } catch (error) {
      // The session is over or control has ended; the view says so.
      this.#waiting = [];
      console.error('send_input', error);
    } finally {
      this.#sending = false;
    }
  }
}
