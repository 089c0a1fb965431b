// What an alert is about, in words; the same kinds stand in the policy and beside blocks.
import { m } from '@beside/kit/paraglide/messages.js';

const kinds: Record<string, () => string> = {
  repeated_failures: m.alert_repeated_failures,
  new_address: m.alert_new_address,
  odd_hour: m.alert_odd_hour,
  address_refused: m.alert_address_refused,
  name_locked: m.alert_name_locked,
  place_blocked: m.alert_place_blocked,
  code_guessing: m.alert_code_guessing,
  bulk_look_ups: m.alert_bulk_look_ups,
  bulk_export: m.alert_bulk_export,
  audit_fault: m.alert_audit_fault,
  disk_space: m.alert_disk_space,
  certificate_expiry: m.alert_certificate_expiry,
  connections: m.alert_connections,
  relay_load: m.alert_relay_load,
  queue_depth: m.alert_queue_depth,
  error_rate: m.alert_error_rate,
  clock_jumped: m.alert_clock_jumped,
  self_check: m.alert_self_check,
  backup_failed: m.alert_backup_failed,
  trial: m.alert_trial,
};

const severities: Record<string, () => string> = {
  notice: m.severity_notice,
  warning: m.severity_warning,
  critical: m.severity_critical,
};

export const alertKinds = Object.keys(kinds);
export const alertSeverities = Object.keys(severities);

/** A kind of a newer broker is shown by its name. */
export const alertText = (kind: string): string => kinds[kind]?.() ?? kind;
export const severityText = (severity: string): string => severities[severity]?.() ?? severity;

/** Why somebody is blocked. */
export const blockReason = (because: string): string =>
  because === 'administrator' ? m.block_by_person() : alertText(because);
