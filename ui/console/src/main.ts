// Picks the page, after the language. Each page is loaded by itself: whoever sees one downloads no other.
import '@beside/kit/tokens.css';
import '@beside/kit/base.css';
import './console.css';

import { language } from '@beside/kit/language.svelte.ts';
import { mount, type Component } from 'svelte';

import { preferredLanguage } from './language.ts';

type Page = () => Promise<{ default: Component }>;

const front: Page = () => import('./pages/public/Public.svelte');
const account: Page = () => import('./pages/account/Account.svelte');
const inside: Page = () => import('./app/Console.svelte');

function pageOf(pathname: string): Page {
  if (/^\/console(?:\/|$)/u.test(pathname)) return inside;
  return pathname.replace(/\/$/u, '') === '/account' ? account : front;
}

async function start(): Promise<void> {
  language.set(preferredLanguage());
  const { default: component } = await pageOf(location.pathname)();
  const target = document.getElementById('app');
  if (target) mount(component, { target });
}

void start();
