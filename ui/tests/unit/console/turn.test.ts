// One long task cut into many short ones.
import { expect, test } from 'vitest';

import { inTurn, oneByOne } from '../../../console/src/app/pages/graphs/turn.ts';

/** So many tasks later. */
async function later(turns = 10): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((done) => void inTurn(done));
}

test('the first is done at once, the others in tasks of their own, in their order', async () => {
  const done: number[] = [];
  oneByOne([1, 2, 3].map((task) => () => done.push(task)));
  expect(done).toEqual([1]);
  await Promise.resolve();
  expect(done).toEqual([1]);
  await expect.poll(() => done).toEqual([1, 2, 3]);
});

test('what has not been done can be called off', async () => {
  const done: number[] = [];
  const callOff = oneByOne([1, 2, 3].map((task) => () => done.push(task)));
  callOff();
  await later();
  expect(done).toEqual([1]);
  let callOffAgain = () => {};
  callOffAgain = oneByOne([() => done.push(4), () => callOffAgain(), () => done.push(5)]);
  await later();
  expect(done).toEqual([1, 4]);
});
