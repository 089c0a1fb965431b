// What `next_picture` answers: one batch of operations on the customer's picture, little endian, u32 unless said.
//
//   width, height, frame, number of operations, then for each: kind, x, y, w, h, then
//   1 copy: sx, sy · 2 fill: r | g<<8 | b<<16 | 255<<24 · 3 pixels: w*h*4 bytes RGBA ·
//   4 pointer shape: x, y its hotspot, then id, then w*h*4 bytes RGBA · 5 pointer: x, y as i32, w the shape, 0 for none.

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export type Operation =
  | ({ kind: 'copy'; sx: number; sy: number } & Rect)
  | ({ kind: 'fill'; colour: string } & Rect)
  | ({ kind: 'pixels'; rgba: Uint8ClampedArray<ArrayBuffer> } & Rect)
  | {
      kind: 'shape';
      id: number;
      hotX: number;
      hotY: number;
      w: number;
      h: number;
      rgba: Uint8ClampedArray<ArrayBuffer>;
    }
  | { kind: 'pointer'; x: number; y: number; shape: number };

export interface Picture {
  width: number;
  height: number;
  frame: number;
  operations: Operation[];
}

/** Far more than any batch has; a count beyond it is damage, not a picture. */
const OPERATIONS_MAX = 1 << 20;
/** Widest and highest picture: positions of input are u16. */
const SIDE_MAX = 65_535;
/** Pointers are small; this is twice the largest that systems draw. */
const SHAPE_MAX = 512;

export class PictureError extends Error {}

/** Reads one batch. Throws [`PictureError`] if it is cut short, too long, or paints outside the picture. */
export function readPicture(buffer: ArrayBuffer): Picture {
  const reader = new Reader(buffer);
  const [width, height, frame, count] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  if (width > SIDE_MAX || height > SIDE_MAX || count > OPERATIONS_MAX) throw new PictureError('size');
  const operations: Operation[] = [];
  for (let index = 0; index < count; index += 1) operations.push(readOperation(reader, width, height));
  reader.end();
  return { width, height, frame, operations };
}

function readOperation(reader: Reader, width: number, height: number): Operation {
  const kind = reader.u32();
  if (kind === 5) {
    const operation = { kind: 'pointer', x: reader.i32(), y: reader.i32(), shape: reader.u32() } as const;
    reader.u32();
    return operation;
  }
  const rect = { x: reader.u32(), y: reader.u32(), w: reader.u32(), h: reader.u32() };
  if (kind === 4) {
    const { x: hotX, y: hotY, w, h } = rect;
    if (w > SHAPE_MAX || h > SHAPE_MAX) throw new PictureError('pointer shape');
    return { kind: 'shape', id: reader.u32(), hotX, hotY, w, h, rgba: reader.pixels(w, h) };
  }
  inside(rect, width, height);
  switch (kind) {
    case 1: {
      const [sx, sy] = [reader.u32(), reader.u32()];
      inside({ ...rect, x: sx, y: sy }, width, height);
      return { kind: 'copy', ...rect, sx, sy };
    }
    case 2: {
      const rgba = reader.u32();
      return { kind: 'fill', ...rect, colour: `rgb(${rgba & 255},${(rgba >> 8) & 255},${(rgba >> 16) & 255})` };
    }
    case 3:
      return { kind: 'pixels', ...rect, rgba: reader.pixels(rect.w, rect.h) };
    default:
      throw new PictureError(`operation ${kind}`);
  }
}

function inside({ x, y, w, h }: Rect, width: number, height: number): void {
  if (w === 0 || h === 0 || x + w > width || y + h > height) throw new PictureError('rectangle');
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly buffer: ArrayBuffer) {
    this.#view = new DataView(buffer);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** The bytes themselves, not a copy of them. */
  pixels(w: number, h: number): Uint8ClampedArray<ArrayBuffer> {
    const length = w * h * 4;
    return new Uint8ClampedArray(this.buffer, this.#take(length), length);
  }

  end(): void {
    if (this.#at !== this.buffer.byteLength) throw new PictureError('length');
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.buffer.byteLength) throw new PictureError('length');
    this.#at = at + length;
    return at;
  }
}
