import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { contentSecurityPolicy } from '../csp.ts';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  base: './',
  plugins: [svelte()],
  // The engines that Tauri's windows have: WebKitGTK 2.40, WebView2 and Safari of the same year, or newer.
  build: {
    target: ['safari16.4', 'chrome111'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [page('index.html')] },
  },
  preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy } },
});
