// The picture of a text is read back by a decoder.
import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';

import { qrPicture } from '../../console/src/pages/account/qr.ts';

/** Pixels a module. */
const SCALE = 4;

/** Paints the path as a browser would: dark runs on a light ground. */
function painted({ size, path }: { size: number; path: string }) {
  const side = size * SCALE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/gu)) {
    for (let dy = 0; dy < SCALE; dy += 1) {
      const from = ((Number(y) * SCALE + dy) * side + Number(x) * SCALE) * 4;
      for (let pixel = 0; pixel < Number(length) * SCALE; pixel += 1)
        data.fill(0, from + pixel * 4, from + pixel * 4 + 3);
    }
  }
  return { width: side, height: side, data };
}

describe('a QR code', () => {
  it.each([
    'otpauth://totp/Beside:minji.kim?secret=JBSWY3DPEHPK3PXP&issuer=Beside',
    `otpauth://totp/${encodeURIComponent('다온은행 고객센터:제갈선우')}?secret=${'JBSWY3DPEHPK3PXP'.repeat(2)}&issuer=${encodeURIComponent('다온은행')}`,
  ])('of %s says just that', (text) => {
    expect(decodeQR(painted(qrPicture(text)))).toBe(text);
  });

  it('keeps the quiet zone', () => {
    const { size, path } = qrPicture('otpauth://totp/x');
    const starts = [...path.matchAll(/M(\d+) (\d+)h(\d+)/gu)];
    expect(Math.min(...starts.map(([, x]) => Number(x)))).toBe(4);
    expect(Math.min(...starts.map(([, , y]) => Number(y)))).toBe(4);
    expect(Math.max(...starts.map(([, x, , length]) => Number(x) + Number(length)))).toBe(size - 4);
  });
});
