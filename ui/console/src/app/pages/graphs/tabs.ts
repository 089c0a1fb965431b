// The two pages of figures.
import { m } from '@beside/kit/paraglide/messages.js';

import { linkTo } from '../../router.svelte.ts';

export const graphTabs = (here: 'graphs' | 'report') => [
  { href: linkTo('/graphs'), name: m.nav_graphs(), here: here === 'graphs' },
  { href: linkTo('/report'), name: m.nav_report(), here: here === 'report' },
];
