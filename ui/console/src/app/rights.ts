// What the navigation shows: pages whose routes the broker's table of rights opens to a role.
import type { Role } from '../generated/api.ts';
import type { PageName } from './router.svelte.ts';

const everything: Role[] = ['administrator', 'auditor'];
const supervised: Role[] = [...everything, 'supervisor'];

const pages: Record<PageName, Role[]> = {
  wall: supervised,
  sessions: supervised,
  session: supervised,
  graphs: supervised,
  report: supervised,
  people: everything,
  person: everything,
  groups: everything,
  group: everything,
  alerts: everything,
  policy: everything,
  audit: everything,
  reviews: everything,
  review: everything,
  system: everything,
  backups: everything,
  outlets: everything,
  tokens: everything,
};

export const maySee = (role: Role, page: PageName): boolean => pages[page].includes(role);

/** Auditors read everything and change nothing but the sign-off of a review. */
export const mayChange = (role: Role): boolean => role === 'administrator';

export const maySignOff = (role: Role): boolean => role === 'auditor';
