// The numbers of the policy: what each means, in which unit, and between which bounds.
import { m } from '@beside/kit/paraglide/messages.js';

import type { Policy, Thresholds } from '../../../generated/api.ts';

export interface NumberField {
  id: string;
  label: () => string;
  unit: () => string;
  least: number;
  most: number;
  get: (policy: Policy) => number;
  set: (policy: Policy, value: number) => Policy;
}

type Numeric = { [K in keyof Thresholds]: Thresholds[K] extends number ? K : never }[keyof Thresholds];

const MANY = 1_000_000_000;

const threshold = (key: Numeric, label: () => string, unit: () => string, most = MANY, least = 1): NumberField => ({
  id: key,
  label,
  unit,
  least,
  most,
  get: ({ alerts }) => alerts[key],
  set: (policy, value) => ({ ...policy, alerts: { ...policy.alerts, [key]: value } }),
});

const days = (
  key: 'log_days' | 'personal_days' | 'ended_account_days',
  label: () => string,
  least: number,
): NumberField => ({
  id: key,
  label,
  unit: m.unit_days,
  least,
  most: 3_650,
  get: (policy) => policy[key],
  set: (policy, value) => ({ ...policy, [key]: value }),
});

export const length: NumberField = {
  id: 'minimum_length',
  label: m.policy_length,
  unit: m.unit_characters,
  least: 12,
  most: 64,
  get: ({ passwords }) => passwords.minimum_length,
  set: (policy, value) => ({ ...policy, passwords: { ...policy.passwords, minimum_length: value } }),
};

export const keeping: NumberField[] = [
  days('log_days', m.policy_log_days, 365),
  days('personal_days', m.policy_personal_days, 1),
  days('ended_account_days', m.policy_ended_account_days, 1),
];

/** About people. */
export const watching: NumberField[] = [
  threshold('failures', m.policy_failures, m.unit_in_ten_minutes),
  threshold('address_refusals', m.policy_address_refusals, m.unit_in_an_hour),
  threshold('look_ups', m.policy_look_ups, m.unit_in_ten_minutes),
  threshold('export_rows', m.policy_export_rows, m.unit_in_a_day),
  threshold('odd_hour_history', m.policy_odd_hour_history, m.unit_sign_ins),
  threshold('block_seconds', m.policy_block_seconds, m.unit_seconds),
  threshold('quiet_seconds', m.policy_quiet_seconds, m.unit_seconds),
];

/** About the machine. */
export const machine: NumberField[] = [
  threshold('disk_free_permille', m.policy_disk_free, m.unit_permille, 1_000, 0),
  threshold('disk_free_critical_permille', m.policy_disk_free_critical, m.unit_permille, 1_000, 0),
  threshold('certificate_days', m.policy_certificate, m.unit_days, 3_650, 0),
  threshold('certificate_critical_days', m.policy_certificate_critical, m.unit_days, 3_650, 0),
  threshold('connections', m.policy_connections, m.unit_connections),
  threshold('relay_bytes_per_second', m.policy_relay, m.unit_bytes_per_second, 1_000_000_000_000),
  threshold('queue_depth', m.policy_queue, m.unit_waiting),
  threshold('errors_permille', m.policy_errors, m.unit_permille, 1_000, 0),
  threshold('clock_jump_seconds', m.policy_clock, m.unit_seconds),
];
