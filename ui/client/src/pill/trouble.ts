// What is not as usual in a session, in the customer's words.
import type { InputHold } from '@beside/kit/generated/InputHold.ts';
import { m } from '@beside/kit/paraglide/messages.js';

import type { ScreenView } from '../screens/view.ts';

const held: Record<InputHold, () => string> = {
  stop_hidden: m.held_stop_hidden,
  system_refuses: m.held_system_refuses,
};

export function trouble(view: ScreenView<'session'>): string | null {
  if (view.path === null) return m.pill_no_path();
  return view.held === null ? null : held[view.held]();
}
