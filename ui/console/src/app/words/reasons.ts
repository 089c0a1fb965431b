// What exactly is wrong with what was sent, by the broker's stable names.
import { m } from '@beside/kit/paraglide/messages.js';

const known: Record<string, () => string> = {
  range_empty: m.range_empty,
  range_too_long: m.range_not_an_address,
  range_not_an_address: m.range_not_an_address,
  range_name: m.range_name,
  range_span: m.range_span,
  range_port: m.range_port,
  range_zone: m.range_not_an_address,
  range_leading_zeros: m.range_leading_zeros,
  range_prefix: m.range_prefix,
  range_host_bits: m.range_host_bits,
  month_running: m.reason_month_running,
  report_changed: m.reason_report_changed,
  statistics_loading: m.reason_statistics_loading,
  too_many_buckets: m.reason_too_many_buckets,
  period: m.reason_period,
  no_outlets: m.reason_no_outlets,
  not_configured: m.reason_backups_off,
  running: m.reason_backup_runs,
  hours_zone_unknown: m.reason_hours_zone,
  hours_no_window: m.reason_hours_no_window,
  hours_too_many_windows: m.reason_hours_too_many,
  hours_no_day: m.reason_hours_no_day,
  hours_time: m.reason_hours_time,
  hours_empty_window: m.reason_hours_empty,
};

/** The words for a reason; one without words is shown by its name. */
export const reasonText = (reason: string): string => known[reason]?.() ?? reason;
