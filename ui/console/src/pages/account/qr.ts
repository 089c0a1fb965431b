// A text as a picture for a camera (ISO/IEC 18004).
import encodeQR from 'qr';

/** The quiet zone that the standard asks for, in modules. */
const QUIET = 4;

export interface QrPicture {
  /** Modules a side, with the quiet zone. */
  size: number;
  /** The dark modules, as an SVG path. */
  path: string;
}

export function qrPicture(text: string): QrPicture {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  const runs = rows.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? '#' : ' '))
        .join('')
        .matchAll(/#+/gu),
    ].map(({ 0: run, index: x }) => `M${x} ${y}h${run.length}v1h${-run.length}z`),
  );
  return { size: rows.length, path: runs.join('') };
}
