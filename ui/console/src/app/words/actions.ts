// Everything that the audit log has a name for, in words.
import { m } from '@beside/kit/paraglide/messages.js';

const actions: Record<string, () => string> = {
  'sign_in.succeeded': m.action_sign_in_succeeded,
  'sign_in.refused': m.action_sign_in_refused,
  'sign_in.ended': m.action_sign_in_ended,
  'sign_in.stepped_up': m.action_sign_in_stepped_up,
  'access.refused': m.action_access_refused,
  'account.created': m.action_account_created,
  'account.changed': m.action_account_changed,
  'account.ended': m.action_account_ended,
  'account.unlocked': m.action_account_unlocked,
  'account.link_made': m.action_account_link_made,
  'account.link_used': m.action_account_link_used,
  'account.password_changed': m.action_account_password_changed,
  'account.second_factor_set': m.action_account_second_factor_set,
  'account.recovery_code_used': m.action_account_recovery_code_used,
  'account.pseudonymised': m.action_account_pseudonymised,
  'group.created': m.action_group_created,
  'group.changed': m.action_group_changed,
  'group.deleted': m.action_group_deleted,
  'group.joined': m.action_group_joined,
  'group.left': m.action_group_left,
  'address.added': m.action_address_added,
  'address.removed': m.action_address_removed,
  'hours.changed': m.action_hours_changed,
  'policy.changed': m.action_policy_changed,
  'token.made': m.action_token_made,
  'token.revoked': m.action_token_revoked,
  'statement.uploaded': m.action_statement_uploaded,
  'session.knocked': m.action_session_knocked,
  'session.named': m.action_session_named,
  'session.accepted': m.action_session_accepted,
  'session.reported': m.action_session_reported,
  'session.ended': m.action_session_ended,
  'session.differs': m.action_session_differs,
  'session.noted': m.action_session_noted,
  'session.rated': m.action_session_rated,
  'log.read': m.action_log_read,
  'log.exported': m.action_log_exported,
  'log.personal_data_deleted': m.action_log_personal_data_deleted,
  'log.rows_deleted': m.action_log_rows_deleted,
  'review.signed_off': m.action_review_signed_off,
  'demo_data.made': m.action_demo_data_made,
  'alert.raised': m.action_alert_raised,
  'alert.seen': m.action_alert_seen,
  'block.made': m.action_block_made,
  'block.lifted': m.action_block_lifted,
  'key.rotated': m.action_key_rotated,
  'key.deleted': m.action_key_deleted,
  'key.rewrapped': m.action_key_rewrapped,
  'backup.made': m.action_backup_made,
  'backup.restored': m.action_backup_restored,
};

/** Families of actions, as the log can be asked for them. */
export const families: Record<string, () => string> = {
  'sign_in.': m.family_sign_in,
  'access.': m.family_access,
  'account.': m.family_account,
  'group.': m.family_group,
  'address.': m.family_address,
  'hours.': m.family_hours,
  'policy.': m.family_policy,
  'token.': m.family_token,
  'session.': m.family_session,
  'log.': m.family_log,
  'alert.': m.family_alert,
  'block.': m.family_block,
  'key.': m.family_key,
  'backup.': m.family_backup,
};

export const knownActions = Object.keys(actions);

/** An action of a newer broker is shown by its name. */
export const actionText = (action: string): string => actions[action]?.() ?? families[action]?.() ?? action;

/** How somebody acted. */
export function viaText(via: string): string {
  if (via.startsWith('token:')) return m.via_token({ id: via.slice('token:'.length) });
  const words: Record<string, () => string> = {
    sign_in: m.via_sign_in,
    command_line: m.via_command_line,
    customer: m.party_customer,
    broker: m.party_broker,
  };
  return words[via]?.() ?? via;
}
