// Months as the broker names them, of UTC.

/** When a month such as `2026-11` begins, Unix milliseconds; 0 for what is none. */
export function monthStart(month: string): number {
  const match = /^(\d{4})-(\d{2})$/u.exec(month);
  return match ? Date.UTC(Number(match[1]), Number(match[2]) - 1) : 0;
}

/** The month of a time, as the broker names it. */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);
