// The sections of a monthly review, and how a month stands.
import { m } from '@beside/kit/paraglide/messages.js';

import type { ReviewState } from '../../generated/api.ts';

const sections: Record<string, () => string> = {
  accounts_created: m.review_accounts_created,
  accounts_changed: m.review_accounts_changed,
  accounts_ended: m.review_accounts_ended,
  accounts_unlocked: m.review_accounts_unlocked,
  groups: m.nav_groups,
  addresses: m.review_addresses,
  hours: m.review_hours,
  policy: m.nav_policy,
  tokens: m.nav_tokens,
  exports: m.review_exports,
  blocks: m.review_blocks,
  keys: m.review_keys,
  backups: m.review_backups,
  deletions: m.review_deletions,
  personal_data_deleted: m.review_personal_data_deleted,
};

export const reviewSections = Object.keys(sections);
export const sectionText = (of: string): string => sections[of]?.() ?? of;

export const reviewState: Record<ReviewState, () => string> = {
  running: m.review_running,
  open: m.review_open,
  signed_off: m.review_signed_off,
};
