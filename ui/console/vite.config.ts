import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { pagesSecurityPolicy } from '../csp.ts';
import { packed } from './packed.ts';

export default defineConfig({
  base: '/',
  plugins: [svelte(), packed()],
  // Browsers of the last three years; the broker embeds what lies in `dist` and serves it under its own policy.
  build: {
    target: ['safari16.4', 'chrome111', 'firefox115'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [fileURLToPath(new URL('index.html', import.meta.url))] },
  },
  preview: { headers: { 'Content-Security-Policy': pagesSecurityPolicy } },
});
