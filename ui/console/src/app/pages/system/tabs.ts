// The pages about the machine.
import { m } from '@beside/kit/paraglide/messages.js';

import { linkTo, type PageName } from '../../router.svelte.ts';

const names = {
  system: m.system_health,
  backups: m.nav_backups,
  outlets: m.nav_outlets,
  tokens: m.nav_tokens,
} satisfies Partial<Record<PageName, () => string>>;

type Tab = keyof typeof names;

export const systemTabs = (here: Tab) =>
  (Object.keys(names) as Tab[]).map((tab) => ({ href: linkTo(`/${tab}`), name: names[tab](), here: here === tab }));
