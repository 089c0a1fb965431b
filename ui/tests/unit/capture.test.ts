import type { PageInput } from '../../kit/src/generated/PageInput.ts';
import { beforeEach, describe, expect, it } from 'vitest';

import { Capture } from '../../manager/src/screen/capture.ts';

describe('what the operator does', () => {
  let sent: PageInput[];
  let frames: (() => void)[];
  let capture: Capture;

  beforeEach(() => {
    sent = [];
    frames = [];
    capture = new Capture(
      (events) => sent.push(...events),
      (callback) => frames.push(callback),
    );
  });

  const frame = () => frames.splice(0).forEach((callback) => callback());
  const key = (code: string, changes = {}) => ({ code, key: code, composing: false, ...changes });

  it('moves once a frame, to the last place', () => {
    capture.pointer(1, 1, 0);
    capture.pointer(2, 2, 0);
    capture.pointer(3, 3, 0);
    expect(sent).toEqual([]);
    frame();
    expect(sent).toEqual([{ type: 'move', x: 3, y: 3 }]);
    capture.pointer(3, 3, 0);
    frame();
    expect(sent.length).toBe(1);
  });

  it('moves before it presses, so that a press lands where it was made', () => {
    capture.pointer(10, 20, 1);
    frame();
    capture.pointer(30, 40, 0);
    expect(sent).toEqual([
      { type: 'move', x: 10, y: 20 },
      { type: 'button', button: 0, down: true },
      { type: 'move', x: 30, y: 40 },
      { type: 'button', button: 0, down: false },
    ]);
  });

  it('tells every button, also those pressed while another is down', () => {
    capture.pointer(0, 0, 2);
    capture.pointer(0, 0, 2 | 4);
    capture.pointer(0, 0, 8 | 16);
    expect(sent.slice(1)).toEqual([
      { type: 'button', button: 2, down: true },
      { type: 'button', button: 1, down: true },
      { type: 'button', button: 2, down: false },
      { type: 'button', button: 1, down: false },
      { type: 'button', button: 3, down: true },
      { type: 'button', button: 4, down: true },
    ]);
  });

  it('scrolls in 120ths and keeps what is left of a notch', () => {
    capture.wheel({ deltaX: 0, deltaY: 53, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 });
    capture.wheel({ deltaX: 0, deltaY: -3, deltaMode: 1 });
    capture.wheel({ deltaX: 0.5, deltaY: 0, deltaMode: 0 });
    capture.wheel({ deltaX: 0.5, deltaY: 0, deltaMode: 0 });
    expect(sent).toEqual([
      { type: 'scroll', dx: 0, dy: 120 },
      { type: 'scroll', dx: 0, dy: -120 },
      { type: 'scroll', dx: 1, dy: 0 },
    ]);
  });

  it('repeats a held key as a keyboard does, and lets it go once', () => {
    expect(capture.keyDown(key('KeyA'))).toBe(true);
    expect(capture.keyDown(key('KeyA'))).toBe(true);
    expect(capture.keyUp(key('KeyA'))).toBe(true);
    expect(capture.keyUp(key('KeyA'))).toBe(false);
    expect(sent).toEqual([
      { type: 'key', code: 'KeyA', down: true },
      { type: 'key', code: 'KeyA', down: true },
      { type: 'key', code: 'KeyA', down: false },
    ]);
  });

  it('leaves keys to the input method and sends the text that comes of them', () => {
    expect(capture.keyDown(key('KeyG', { key: 'Process' }))).toBe(false);
    expect(capture.keyDown(key('KeyK', { composing: true }))).toBe(false);
    expect(capture.keyUp(key('KeyG'))).toBe(false);
    capture.text('한글\n');
    expect(sent).toEqual([{ type: 'text', text: '한글' }]);
  });

  it('cuts long text between characters', () => {
    capture.text('가'.repeat(100));
    expect(sent.map((event) => event.type === 'text' && event.text.length)).toEqual([85, 15]);
  });

  it('lets go of everything, and forgets what was held', () => {
    capture.keyDown(key('ShiftLeft'));
    capture.pointer(5, 5, 1);
    capture.pointer(6, 6, 1);
    capture.release();
    frame();
    expect(sent.at(-1)).toEqual({ type: 'release_all' });
    expect(capture.keyUp(key('ShiftLeft'))).toBe(false);
    sent = [];
    capture.pointer(6, 6, 0);
    expect(sent).toEqual([]);
  });

  it('lets go of what was held with Command', () => {
    capture.keyDown(key('MetaLeft', { key: 'Meta' }));
    capture.keyDown(key('KeyC'));
    capture.keyUp(key('MetaLeft', { key: 'Meta' }));
    expect(sent.at(-1)).toEqual({ type: 'release_all' });
  });
});
