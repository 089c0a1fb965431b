// The newest view of a controller. The whole view comes with every change; nothing is kept beside it.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';

import { clock } from './clock.svelte.ts';

export class Live<View> {
  view = $state.raw<View | null>(null);

  /** Listens first and asks afterwards, so that no change is missed; an answer older than an event is dropped. */
  async follow(): Promise<void> {
    let changed = false;
    await listen<View>('view', (event) => {
      changed = true;
      this.#take(event.payload);
    });
    const first = await invoke<View>('view');
    if (!changed) this.#take(first);
  }

  #take(view: View): void {
    clock.restart();
    this.view = view;
  }
}
