// A picture as `next_picture` would answer it: a still desk with a window on it, and a pointer.

function u32(...values: number[]): number[] {
  return values.flatMap((value) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255]);
}

const colour = (r: number, g: number, b: number) => (r | (g << 8) | (b << 16) | (255 << 24)) >>> 0;

export function gradient(width: number, height: number): number[] {
  const bands = 36;
  const step = Math.floor(height / bands);
  const operations: number[][] = [];
  for (let band = 0; band < bands; band += 1) {
    const part = band / bands;
    const h = band === bands - 1 ? height - band * step : step;
    const shade = colour(185 - 43 * part, 205 - 36 * part, 226 - 28 * part);
    operations.push(u32(2, 0, band * step, width, h, shade));
  }
  const [w, h] = [Math.floor(width * 0.56), Math.floor(height * 0.66)];
  const [x, y] = [Math.floor(width * 0.18), Math.floor(height * 0.14)];
  operations.push(u32(2, x, y, w, h, colour(255, 255, 255)), u32(2, x, y, w, 36, colour(238, 242, 247)));
  const rgba = Array.from({ length: 16 * 16 }, (_, i) =>
    i % 16 <= Math.floor(i / 16) ? [16, 27, 42, 255] : [0, 0, 0, 0],
  );
  operations.push([...u32(4, 0, 0, 16, 16, 1), ...rgba.flat()], u32(5, x + w - 90, y + h - 60, 1, 0));
  return [...u32(width, height, 1, operations.length), ...operations.flat()];
}
