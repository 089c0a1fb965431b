// What every page of the console can reach.
import { createContext } from 'svelte';

import type { Access, Account } from './access.svelte.ts';
import type { Api } from './api.ts';
import type { Directory } from './directory.svelte.ts';
import type { Router } from './router.svelte.ts';
import type { Sensitive } from './sensitive.svelte.ts';
import type { ThemeChoice } from './theme.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export interface Surroundings {
  access: Access;
  account: Account;
  api: Api;
  directory: Directory;
  router: Router;
  sensitive: Sensitive;
  theme: ThemeChoice;
  toasts: Toasts;
}

export const [surroundings, surround] = createContext<Surroundings>();
