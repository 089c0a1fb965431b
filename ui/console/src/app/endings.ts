// When a sign-in ends by itself: after 15 minutes without a request, and 12 hours after it began.

export const IDLE_MS = 15 * 60_000;
export const WHOLE_MS = 12 * 3_600_000;
/** So long before the end a person is told. */
export const WARNING_MS = 60_000;
/** While somebody is there, the broker hears of it this often and no more. */
export const TOLD_MS = 60_000;

export type Ending = { is: 'idle' | 'whole'; left: number };

/** The end that comes first, and how far away it is. Times are Unix milliseconds; nobody may know when it began. */
export function ending(now: number, used: number, began: number | null): Ending {
  const idle = used + IDLE_MS - now;
  const whole = began === null ? Infinity : began + WHOLE_MS - now;
  return whole <= idle ? { is: 'whole', left: Math.max(0, whole) } : { is: 'idle', left: Math.max(0, idle) };
}
