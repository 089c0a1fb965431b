// Proof of work, against the broker's own example and against another SHA-256.
import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { workOf } from '../../../console/src/app/proof/challenge.ts';
import { firstCounter } from '../../../console/src/app/proof/hash.ts';

/** The one in shared/protocol/src/proof.rs. */
const challenge = 'AAAAAAAB1MAKBwcHBwcHBwcHBwcHBwcHBwkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ';

const zeroBits = (prefix: Uint8Array, counter: number): number => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(counter));
  return Math.clz32(createHash('sha256').update(prefix).update(bytes).digest().readUInt32BE());
};

describe('a proof of work', () => {
  it('is the first counter that meets the challenge', () => {
    const work = workOf(challenge);
    expect(work?.bits).toBe(10);
    expect(work && firstCounter(work.prefix, work.bits, 0, 10_000)).toBe(711);
    expect(work && firstCounter(work.prefix, work.bits, 0, 711)).toBeNull();
  });

  it('holds for prefixes of any length', () => {
    for (const length of [0, 1, 46, 47, 55, 56, 63, 64, 70, 128, 200]) {
      const prefix = Uint8Array.from({ length }, (_, index) => (index * 37) % 256);
      const found = firstCounter(prefix, 6, 2 ** 32 - 20, 2 ** 32 + 5_000) ?? -1;
      expect(found).toBeGreaterThanOrEqual(2 ** 32 - 20);
      expect(zeroBits(prefix, found)).toBeGreaterThanOrEqual(6);
      for (let before = 2 ** 32 - 20; before < found; before += 1) expect(zeroBits(prefix, before)).toBeLessThan(6);
    }
  });

  it('is not begun for what is no challenge, or would never end', () => {
    const bytes = Buffer.from(challenge, 'base64url');
    const hard = Buffer.from(bytes);
    hard[8] = 25;
    for (const text of ['', 'AAAA', '%', `${challenge}AAAA`, hard.toString('base64url')])
      expect(workOf(text)).toBeNull();
  });
});
