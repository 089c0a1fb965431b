// Where the picture lies in the window, at any display scale. All lengths are CSS pixels unless said.

export type Size = 'fit' | 'actual';

export interface Placement {
  left: number;
  top: number;
  width: number;
  height: number;
  /** CSS pixels for one pixel of the picture. */
  scale: number;
  /** One pixel of the picture is exactly one pixel of this display. */
  exact: boolean;
}

export interface Room {
  width: number;
  height: number;
  /** Device pixels for one CSS pixel. */
  ratio: number;
}

/** Places a picture in the middle of its room; its edges lie on whole device pixels, so 1:1 stays exact. */
export function place(picture: { width: number; height: number }, room: Room, size: Size): Placement {
  const one = 1 / room.ratio;
  const fitting = Math.min(room.width / Math.max(1, picture.width), room.height / Math.max(1, picture.height));
  const scale = size === 'actual' || Math.abs(fitting / one - 1) < 0.002 ? one : fitting;
  const width = picture.width * scale;
  const height = picture.height * scale;
  const snap = (length: number) => Math.round(length * room.ratio) / room.ratio;
  return {
    left: snap(Math.max(0, (room.width - width) / 2)),
    top: snap(Math.max(0, (room.height - height) / 2)),
    width,
    height,
    scale,
    exact: scale === one,
  };
}

/** The pixel of the picture under a point of the window; outside, the nearest one on the edge. */
export function pixelAt(
  point: { x: number; y: number },
  shown: { left: number; top: number; width: number; height: number },
  picture: { width: number; height: number },
): { x: number; y: number } {
  const along = (at: number, from: number, length: number, pixels: number) =>
    Math.min(pixels - 1, Math.max(0, Math.floor(((at - from) * pixels) / Math.max(1, length))));
  return {
    x: along(point.x, shown.left, shown.width, picture.width),
    y: along(point.y, shown.top, shown.height, picture.height),
  };
}
