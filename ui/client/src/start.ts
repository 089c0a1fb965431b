// Starts one window of the customer's app: language and stop key first, then the view, then the page.
import '@beside/kit/tokens.css';
import '@beside/kit/base.css';
import '@beside/kit/window.css';
import './client.css';

import { client } from '@beside/kit/bridge.ts';
import type { ClientView } from '@beside/kit/generated/ClientView.ts';
import { language } from '@beside/kit/language.svelte.ts';
import { Live } from '@beside/kit/live.svelte.ts';
import { mount, type Component } from 'svelte';

export interface WindowProps extends Record<string, unknown> {
  live: Live<ClientView>;
  stopKey: string;
}

export async function start(page: Component<WindowProps>): Promise<void> {
  const live = new Live<ClientView>();
  const [settings] = await Promise.all([client.settings(), live.follow()]);
  language.set(settings.language);
  const target = document.getElementById('app');
  if (target) mount(page, { target, props: { live, stopKey: settings.stop_key } });
}
