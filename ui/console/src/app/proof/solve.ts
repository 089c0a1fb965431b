// A proof of work, computed in a worker that ends with it.
import type { Proof } from '../../generated/api.ts';
import { workOf } from './challenge.ts';

/** The proof for a challenge; nothing if it is none. */
export async function solved(challenge: string): Promise<Proof | null> {
  const work = workOf(challenge);
  if (!work) return null;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  try {
    const counter = await new Promise<number | null>((found) => {
      worker.onmessage = ({ data }: MessageEvent<number | null>) => found(data);
      worker.onerror = () => found(null);
      worker.postMessage(work);
    });
    return counter === null ? null : { challenge, counter };
  } finally {
    worker.terminate();
  }
}
