// Figures are written down as they are measured; `cargo xtask bench console` holds them to their lines.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { stage } from '../stage.ts';

export interface Figure {
  name: string;
  unit: 'ms' | 'KB' | 's';
  /** What each run measured. */
  runs: number[];
  /** What the median of them may be at most; null where it is only told. */
  at_most: number | null;
  how: string;
}

export function record(figure: Figure): void {
  const before = existsSync(stage.figures) ? (JSON.parse(readFileSync(stage.figures, 'utf8')) as Figure[]) : [];
  writeFileSync(stage.figures, JSON.stringify([...before, figure]));
}

/** Times that each thing is measured. */
export const RUNS = 5;

/** The value that so many of a hundred are not above. */
export function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
