// Starts the manager's window: the language first, then the view, then the page.
import '@beside/kit/tokens.css';
import '@beside/kit/base.css';
import '@beside/kit/window.css';
import '@beside/kit/dense.css';
import './manager.css';

import { manager } from '@beside/kit/bridge.ts';
import type { ManagerView } from '@beside/kit/generated/ManagerView.ts';
import { language } from '@beside/kit/language.svelte.ts';
import { Live } from '@beside/kit/live.svelte.ts';
import { mount } from 'svelte';

import Main from './Main.svelte';

async function start(): Promise<void> {
  const live = new Live<ManagerView>();
  const [settings] = await Promise.all([manager.settings(), live.follow()]);
  language.set(settings.language);
  const target = document.getElementById('app');
  if (target) mount(Main, { target, props: { live } });
}

void start();
