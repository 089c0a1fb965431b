// The two pages about the machine.
import { m } from '@beside/kit/paraglide/messages.js';

import { linkTo } from '../../router.svelte.ts';

export const systemTabs = (here: 'system' | 'tokens') => [
  { href: linkTo('/system'), name: m.system_health(), here: here === 'system' },
  { href: linkTo('/tokens'), name: m.nav_tokens(), here: here === 'tokens' },
];
