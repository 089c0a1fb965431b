// Times in words. Seconds left are rounded up, so nothing reads 0:00 while there is still time.
import { m } from './paraglide/messages.js';
import { getLocale } from './paraglide/runtime.js';

/** `8:24`, or `1:08:24` from an hour on. */
export function clockText(ms: number, round: (n: number) => number = Math.floor): string {
  const total = round(ms / 1000);
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** `8:24`, `8분 24초`, `8分24秒`: what is left, as each language says it. */
export function leftText(ms: number): string {
  const total = Math.ceil(ms / 1000);
  const minutes = Math.floor(total / 60);
  const seconds = total % 60;
  switch (getLocale()) {
    case 'en':
      return clockText(ms, Math.ceil);
    case 'ko':
      return minutes > 0 ? `${minutes}분 ${seconds}초` : `${seconds}초`;
    case 'ja':
      return minutes > 0 ? `${minutes}分${seconds}秒` : `${seconds}秒`;
  }
}

/** `30 minutes`: how long something will be allowed. */
export function minutesText(seconds: number): string {
  const count = Math.max(1, Math.round(seconds / 60));
  return count === 1 ? m.minute_one() : m.minutes({ count });
}

/** `18 min`: how long something lasted. */
export function lengthText(ms: number): string {
  const unit = ms < 60_000 ? 'second' : 'minute';
  const count = Math.max(1, Math.round(ms / (unit === 'second' ? 1_000 : 60_000)));
  const text = new Intl.NumberFormat(getLocale(), { style: 'unit', unit, unitDisplay: 'short' }).format(count);
  // Our own times in Japanese have no space before the unit, so this one has none either.
  return getLocale() === 'ja' ? text.replace(/\s/u, '') : text;
}

/** `14:05`: the time of day of a Unix time in seconds. */
export function timeOfDay(unixSeconds: number): string {
  return new Intl.DateTimeFormat(getLocale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    unixSeconds * 1000,
  );
}
