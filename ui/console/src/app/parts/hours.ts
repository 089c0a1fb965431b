// Windows of the week, as people name them.
import { m } from '@beside/kit/paraglide/messages.js';

import type { Window } from '../../generated/api.ts';
import { weekday } from '../format.ts';

/** As the broker names them, from Monday on. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const anyWindow = (): Window => ({ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' });

/** `Mon–Fri, Sun`: days that follow each other are drawn together from three on. */
export function days({ days }: Window): string {
  const chosen = weekdays.map((day) => days.includes(day));
  const runs: string[] = [];
  for (let day = 0; day < chosen.length; day += 1) {
    if (!chosen[day]) continue;
    let last = day;
    while (chosen[last + 1]) last += 1;
    if (last - day >= 2) {
      runs.push(`${weekday(day)}–${weekday(last)}`);
      day = last;
    } else {
      runs.push(weekday(day));
    }
  }
  return runs.join(', ');
}

/** `22:00–06:00, until the next day`. */
export const windowText = ({ from, to }: Window): string =>
  to <= from ? `${from}–${to}, ${m.hours_next_day()}` : `${from}–${to}`;
