import { describe, expect, it } from 'vitest';

import { PictureError, readPicture } from '../../manager/src/screen/picture.ts';

const u32 = (...values: number[]) => values.flatMap((value) => [...new Uint8Array(new Uint32Array([value]).buffer)]);
const batch = (width: number, height: number, ...operations: number[][]) =>
  new Uint8Array([...u32(width, height, 7, operations.length), ...operations.flat()]).buffer;

describe('a batch of the picture', () => {
  it('is read as it was written', () => {
    const pixels = [1, 2, 3, 255, 4, 5, 6, 255];
    const picture = readPicture(
      batch(
        100,
        50,
        u32(1, 0, 10, 20, 5, 0, 12),
        u32(2, 99, 49, 1, 1, 0xff_0a_0b_0c),
        [...u32(3, 4, 5, 2, 1), ...pixels],
        [...u32(4, 1, 0, 1, 1, 42), 9, 8, 7, 6],
        u32(5, -3 >>> 0, 12, 42, 0),
      ),
    );
    expect(picture).toMatchObject({ width: 100, height: 50, frame: 7 });
    const [copy, fill, rgba, shape, pointer] = picture.operations;
    expect(copy).toEqual({ kind: 'copy', x: 0, y: 10, w: 20, h: 5, sx: 0, sy: 12 });
    expect(fill).toEqual({ kind: 'fill', x: 99, y: 49, w: 1, h: 1, colour: 'rgb(12,11,10)' });
    expect(rgba).toMatchObject({ kind: 'pixels', x: 4, y: 5, w: 2, h: 1 });
    expect(rgba?.kind === 'pixels' && [...rgba.rgba]).toEqual(pixels);
    expect(shape).toMatchObject({ kind: 'shape', id: 42, hotX: 1, hotY: 0, w: 1, h: 1 });
    expect(pointer).toEqual({ kind: 'pointer', x: -3, y: 12, shape: 42 });
  });

  it('may be empty', () => {
    expect(readPicture(batch(0, 0)).operations).toEqual([]);
  });

  it.each([
    ['cut short', batch(8, 8, u32(2, 0, 0, 8, 8, 0)).slice(0, -1)],
    ['too long', new Uint8Array([...new Uint8Array(batch(8, 8)), 0]).buffer],
    ['painting outside', batch(8, 8, u32(2, 1, 0, 8, 8, 0))],
    ['painting nothing', batch(8, 8, u32(2, 0, 0, 0, 8, 0))],
    ['painting far outside', batch(8, 8, u32(2, 0xffff_ffff, 0, 1, 1, 0))],
    ['copying from outside', batch(8, 8, u32(1, 0, 0, 4, 4, 5, 0))],
    ['short of pixels', batch(8, 8, u32(3, 0, 0, 2, 2, 0))],
    ['of an unknown kind', batch(8, 8, u32(9, 0, 0, 1, 1))],
    ['wider than positions reach', batch(65_536, 8)],
    ['with a giant pointer', batch(8, 8, u32(4, 0, 0, 513, 1, 1))],
  ])('is refused when %s', (_, buffer) => {
    expect(() => readPicture(buffer)).toThrow(PictureError);
  });
});
