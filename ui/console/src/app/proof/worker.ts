// Computes a proof of work beside the page, which stays quick meanwhile.
import type { Work } from './challenge.ts';
import { firstCounter } from './hash.ts';

self.onmessage = ({ data: { prefix, bits } }: MessageEvent<Work>) => {
  self.postMessage(firstCounter(prefix, bits, 0, Number.MAX_SAFE_INTEGER));
};
