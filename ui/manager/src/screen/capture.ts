// What the operator does in the picture, as input events. It reads only plain facts of browser events, so it is tested
// without a browser.
import type { PageInput } from '@beside/kit/generated/PageInput.ts';

/** `MouseEvent.buttons` has a bit for each button, in another order than `MouseEvent.button` counts them. */
const BUTTONS: { bit: number; button: number }[] = [
  { bit: 1, button: 0 },
  { bit: 2, button: 2 },
  { bit: 4, button: 1 },
  { bit: 8, button: 3 },
  { bit: 16, button: 4 },
];

/** Longest text of one event, in bytes of UTF-8. */
const TEXT_MAX = 256;

/** Pixels that browsers scroll for a notch of the wheel, and lines, where no finer measure is at hand. */
const PIXELS_A_NOTCH = 100;
const LINES_A_NOTCH = 3;

const NOTCH = 120;

export interface WheelFacts {
  deltaX: number;
  deltaY: number;
  deltaMode: number;
  /** WebKit's and Chromium's own measure: 120 a notch, positive is left and up. */
  wheelDeltaX?: number;
  wheelDeltaY?: number;
}

export interface KeyFacts {
  code: string;
  key: string;
  /** The input method has the key. */
  composing: boolean;
}

export class Capture {
  #position: { x: number; y: number } | null = null;
  #moveWaits = false;
  #buttons = 0;
  #keys = new Set<string>();
  #restX = 0;
  #restY = 0;

  /** `send` takes events in order; `soon` calls back before the next frame is painted. */
  constructor(
    private readonly send: (events: PageInput[]) => void,
    private readonly soon: (callback: () => void) => void,
  ) {}

  /** The pointer is over a pixel and holds these buttons (`MouseEvent.buttons`). Moves are sent once a frame. */
  pointer(x: number, y: number, buttons: number): void {
    this.#moveTo(x, y);
    if (buttons !== this.#buttons) this.#press(buttons);
  }

  wheel(facts: WheelFacts): void {
    this.#restX += notches(facts.deltaX, facts.wheelDeltaX, facts.deltaMode);
    this.#restY += notches(facts.deltaY, facts.wheelDeltaY, facts.deltaMode);
    const [dx, dy] = [whole(this.#restX), whole(this.#restY)];
    this.#restX -= dx;
    this.#restY -= dy;
    if (dx !== 0 || dy !== 0) this.send([...this.#move(), { type: 'scroll', dx, dy }]);
  }

  /** Whether the key was taken: the browser must not act on it. Held keys repeat, as a keyboard's own repeat does. */
  keyDown(facts: KeyFacts): boolean {
    if (facts.composing || facts.code === '' || facts.key === 'Process') return false;
    this.#keys.add(facts.code);
    this.send([...this.#move(), { type: 'key', code: facts.code, down: true }]);
    return true;
  }

  /** A key that never went down for the customer, because the input method had it, doesn't go up either. */
  keyUp(facts: KeyFacts): boolean {
    if (!this.#keys.delete(facts.code)) return false;
    this.send([...this.#move(), { type: 'key', code: facts.code, down: false }]);
    // macOS tells of no key going up while Command is held, so what was held with it is let go with it.
    if (facts.key === 'Meta' && this.#keys.size > 0) this.release();
    return true;
  }

  /** Text that an input method has finished. */
  text(text: string): void {
    const plain = text.replace(/\p{Cc}/gu, '');
    const events = slices(plain).map((part): PageInput => ({ type: 'text', text: part }));
    if (events.length > 0) this.send([...this.#move(), ...events]);
  }

  /** The page lost keyboard or pointer, or control ended: nothing stays pressed at the customer's. */
  release(): void {
    this.#keys.clear();
    this.#buttons = 0;
    this.#moveWaits = false;
    this.#restX = 0;
    this.#restY = 0;
    this.send([{ type: 'release_all' }]);
  }

  #moveTo(x: number, y: number): void {
    if (this.#position?.x === x && this.#position.y === y) return;
    this.#position = { x, y };
    if (this.#moveWaits) return;
    this.#moveWaits = true;
    this.soon(() => {
      const move = this.#move();
      if (move.length > 0) this.send(move);
    });
  }

  /** The move that waits for the frame, to be sent before whatever comes now. */
  #move(): PageInput[] {
    if (!this.#moveWaits || !this.#position) return [];
    this.#moveWaits = false;
    return [{ type: 'move', ...this.#position }];
  }

  #press(buttons: number): void {
    const changes = BUTTONS.filter(({ bit }) => (buttons & bit) !== (this.#buttons & bit)).map(
      ({ bit, button }): PageInput => ({ type: 'button', button, down: (buttons & bit) !== 0 }),
    );
    this.#buttons = buttons;
    if (changes.length > 0) this.send([...this.#move(), ...changes]);
  }
}

/** 120ths of a notch, positive to the right and down. */
function notches(delta: number, fine: number | undefined, mode: number): number {
  if (fine !== undefined && fine !== 0) return -fine;
  const unit = mode === 0 ? PIXELS_A_NOTCH : mode === 1 ? LINES_A_NOTCH : 1;
  return (delta / unit) * NOTCH;
}

/** The whole part, as an i16 holds it. */
function whole(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.trunc(value)));
}

/** Cuts a text between characters, so that each part fits one event. */
function slices(text: string): string[] {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  let part = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (part !== '' && encoder.encode(part + segment).length > TEXT_MAX) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return part === '' ? parts : [...parts, part];
}
