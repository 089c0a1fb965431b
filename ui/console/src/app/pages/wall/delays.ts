// The delays of running sessions in the last minutes, for their small graphs.
import type { Live } from '../../../generated/api.ts';

export const SPAN_MS = 5 * 60_000;
/** Points kept of a session. */
const POINTS_MOST = 300;

export interface Point {
  at: number;
  ms: number;
}

export type Delays = ReadonlyMap<string, Point[]>;

/** What is known with another picture: sessions that run no longer are forgotten. */
export function grown(before: Delays, picture: Live): Delays {
  return new Map(
    picture.running.map(({ sid, delay_ms: ms }) => {
      const points = (before.get(sid) ?? []).filter(({ at }) => at > picture.at - SPAN_MS);
      if (ms != null) points.push({ at: picture.at, ms });
      return [sid, points.slice(-POINTS_MOST)];
    }),
  );
}

/** An SVG path of the points in a field, the newest at its right edge; delays from 0 to `most` milliseconds. */
export function line(points: Point[], now: number, width: number, height: number, most: number): string {
  const last = points.at(-1);
  if (!last) return '';
  const x = (at: number) => Math.max(0, width * (1 - (now - at) / SPAN_MS)).toFixed(1);
  const y = (ms: number) => (height - 2 - (height - 4) * Math.min(1, ms / most)).toFixed(1);
  const steps = points.map((point, index) => {
    const level = index === 0 ? `M${x(point.at)} ${y(point.ms)}` : `H${x(point.at)}V${y(point.ms)}`;
    return level;
  });
  return `${steps.join('')}H${width}`;
}
