// The two pages about people.
import { m } from '@beside/kit/paraglide/messages.js';

import { linkTo } from '../../router.svelte.ts';

export const peopleTabs = (here: 'people' | 'groups') => [
  { href: linkTo('/people'), name: m.nav_people(), here: here === 'people' },
  { href: linkTo('/groups'), name: m.nav_groups(), here: here === 'groups' },
];
