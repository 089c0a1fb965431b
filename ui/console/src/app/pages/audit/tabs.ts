// The two pages about the log.
import { m } from '@beside/kit/paraglide/messages.js';

import { linkTo } from '../../router.svelte.ts';

export const auditTabs = (here: 'audit' | 'reviews') => [
  { href: linkTo('/audit'), name: m.audit_log(), here: here === 'audit' },
  { href: linkTo('/reviews'), name: m.nav_reviews(), here: here === 'reviews' },
];
