import type { PageInput } from '../../kit/src/generated/PageInput.ts';
import { describe, expect, it } from 'vitest';

import { Outbox } from '../../manager/src/screen/outbox.ts';

/** A controller that takes a batch only when told to. */
function slowController() {
  const batches: PageInput[][] = [];
  const taken: (() => void)[] = [];
  const deliver = (events: PageInput[]) => {
    batches.push(events);
    return new Promise<void>((resolve) => taken.push(resolve));
  };
  const take = async () => {
    taken.shift()?.();
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    await Promise.resolve();
  };
  return { batches, deliver, take };
}

const key = (code: string): PageInput => ({ type: 'key', code, down: true });

describe('input on its way', () => {
  it('goes one batch at a time, in order', async () => {
    const { batches, deliver, take } = slowController();
    const outbox = new Outbox(deliver);
    outbox.put([key('KeyA')]);
    outbox.put([key('KeyB')]);
    outbox.put([key('KeyC')]);
    expect(batches).toEqual([[key('KeyA')]]);
    await take();
    expect(batches).toEqual([[key('KeyA')], [key('KeyB'), key('KeyC')]]);
  });

  it('keeps only the last of several moves in a row', async () => {
    const { batches, deliver, take } = slowController();
    const outbox = new Outbox(deliver);
    outbox.put([key('KeyA')]);
    outbox.put([{ type: 'move', x: 1, y: 1 }]);
    outbox.put([{ type: 'move', x: 2, y: 2 }, key('KeyB')]);
    await take();
    expect(batches[1]).toEqual([{ type: 'move', x: 2, y: 2 }, key('KeyB')]);
  });

  it('lets everything go when the controller takes nothing any more', async () => {
    const { batches, deliver, take } = slowController();
    const outbox = new Outbox(deliver);
    outbox.put([key('KeyA')]);
    outbox.put(Array.from({ length: 5_000 }, () => key('KeyB')));
    await take();
    expect(batches[1]).toEqual([{ type: 'release_all' }]);
  });
});
