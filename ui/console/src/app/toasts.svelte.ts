// Something is done: said for a moment, one at a time, and never what must be read.

const SHOWN_MS = 5_000;

export class Toasts {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#timer = setTimeout(() => this.dismiss(), SHOWN_MS);
  }

  dismiss(): void {
    this.text = '';
  }
}
