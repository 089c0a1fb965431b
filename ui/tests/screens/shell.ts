// Stands in for the app's shell in a browser: answers the page's questions and sends it recorded views. It exists only
// here; the pages speak to Tauri's own interface and know nothing of it.
import type { Page } from '@playwright/test';

export interface Told {
  command: string;
  args: unknown;
}

declare global {
  interface Window {
    shell: {
      told: Told[];
      show: (view: unknown) => void;
      picture: (bytes: number[]) => void;
    };
  }
}

/** Makes every page of a context see a shell with these settings and this first view. */
export async function installShell(page: Page, settings: unknown, first: unknown): Promise<void> {
  await page.addInitScript(
    ({ settings, first }) => {
      const callbacks = new Map<number, (event: unknown) => void>();
      const listeners: number[] = [];
      let next = 1;
      let view = first;
      let waiting: ((bytes: ArrayBuffer) => void) | null = null;
      const ready: ArrayBuffer[] = [];
      const shell: Window['shell'] = {
        told: [],
        show(newer) {
          view = newer;
          waiting = null;
          for (const id of listeners) callbacks.get(id)?.({ event: 'view', id, payload: newer });
        },
        picture(bytes) {
          const buffer = new Uint8Array(bytes).buffer;
          if (waiting) waiting(buffer);
          else ready.push(buffer);
          waiting = null;
        },
      };
      window.shell = shell;
      Object.assign(window, {
        __TAURI_INTERNALS__: {
          transformCallback(callback: (event: unknown) => void) {
            callbacks.set(next, callback);
            return next++;
          },
          unregisterCallback: (id: number) => callbacks.delete(id),
          async invoke(command: string, args: Record<string, unknown>) {
            switch (command) {
              case 'plugin:event|listen':
                listeners.push(args['handler'] as number);
                return args['handler'];
              case 'settings':
                return settings;
              case 'view':
                return view;
              case 'next_picture': {
                const buffer = ready.shift();
                return buffer ?? new Promise<ArrayBuffer>((resolve) => (waiting = resolve));
              }
              default:
                shell.told.push({ command, args });
                return null;
            }
          },
        },
      });
    },
    { settings, first },
  );
}
