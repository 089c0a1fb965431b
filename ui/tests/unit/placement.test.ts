import { describe, expect, it } from 'vitest';

import { pixelAt, place } from '../../manager/src/screen/placement.ts';

const picture = { width: 1920, height: 1080 };

describe('the picture in its room', () => {
  it('fits, in the middle', () => {
    const placed = place(picture, { width: 960, height: 960, ratio: 1 }, 'fit');
    expect(placed).toEqual({ left: 0, top: 210, width: 960, height: 540, scale: 0.5, exact: false });
  });

  it.each([1, 1.25, 1.5, 2])('is exact at 1:1 on a display of scale %d', (ratio) => {
    const placed = place(picture, { width: 3_001, height: 2_003, ratio }, 'actual');
    expect(placed.exact).toBe(true);
    expect(placed.width * ratio).toBeCloseTo(1920, 9);
    expect(placed.height * ratio).toBeCloseTo(1080, 9);
    for (const edge of [placed.left, placed.top])
      expect(Math.abs(edge * ratio - Math.round(edge * ratio))).toBeLessThan(1e-9);
  });

  it('begins at the corner when it is larger than its room, so that all of it can be scrolled to', () => {
    expect(place(picture, { width: 800, height: 600, ratio: 1 }, 'actual')).toMatchObject({ left: 0, top: 0 });
  });

  it('becomes exact where fitting is as good as 1:1', () => {
    expect(place(picture, { width: 1921, height: 1081, ratio: 1 }, 'fit').exact).toBe(true);
  });

  it('knows the pixel under a point, and the nearest one outside', () => {
    const shown = { left: 100, top: 50, width: 960, height: 540 };
    expect(pixelAt({ x: 100, y: 50 }, shown, picture)).toEqual({ x: 0, y: 0 });
    expect(pixelAt({ x: 580, y: 320 }, shown, picture)).toEqual({ x: 960, y: 540 });
    expect(pixelAt({ x: 5_000, y: -5 }, shown, picture)).toEqual({ x: 1919, y: 0 });
  });
});
