// Picks the page, after the language. Each page is loaded by itself: whoever sees one downloads no other.
import '@beside/kit/tokens.css';
import '@beside/kit/base.css';
import './console.css';

import { language } from '@beside/kit/language.svelte.ts';
import { mount, type Component } from 'svelte';

import { preferredLanguage } from './language.ts';

type Page = () => Promise<{ default: Component }>;

const front: Page = () => import('./pages/public/Public.svelte');
const pages: Record<string, Page> = {
  '/account': () => import('./pages/account/Account.svelte'),
};

async function start(): Promise<void> {
  language.set(preferredLanguage());
  const page = pages[location.pathname.replace(/\/$/u, '')] ?? front;
  const { default: component } = await page();
  const target = document.getElementById('app');
  if (target) mount(component, { target });
}

void start();
