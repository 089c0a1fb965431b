// Beside each script, style and drawing of the build lies the same packed by Brotli, as tightly as it gets: the broker
// hands it to whoever takes it (RFC 9110, Content-Encoding).
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

import type { Plugin } from 'vite';

const pack = promisify(brotliCompress);
const PACKABLE = /\.(?:js|css|svg|html)$/u;
/** What is smaller fits into one packet anyway. */
const SMALL = 1_024;

export function packed(): Plugin {
  return {
    name: 'beside-packed',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.keys(bundle).filter((file) => PACKABLE.test(file));
      await Promise.all(files.map((file) => packFile(join(dir, file))));
    },
  };
}

async function packFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < SMALL) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(`${path}.br`, await pack(bytes, { params }));
}
