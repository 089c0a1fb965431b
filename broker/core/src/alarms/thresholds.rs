//! From when on something is worth an alert.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::alert::AlertKind;

/// The thresholds, as an administrator sets them; what is not set has its default. An unknown key is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Failed sign-ins of one account, or from one place, in ten minutes.
    pub failures: u64,
    /// Refusals of one account's address in an hour.
    pub address_refusals: u64,
    /// Records of people that one account looks at in ten minutes.
    pub look_ups: u64,
    /// Rows that one account exports in a day.
    pub export_rows: u64,
    /// Sign-ins that must be known of an account before an hour can be an odd one.
    pub odd_hour_history: u32,
    /// Below so many thousandths of the disk free somebody should look,
    pub disk_free_permille: i64,
    /// and below so many must act.
    pub disk_free_critical_permille: i64,
    /// Below so many days of a certificate left somebody should look,
    pub certificate_days: i64,
    /// and below so many must act.
    pub certificate_critical_days: i64,
    /// Open sockets.
    pub connections: u64,
    /// Relayed bytes a second.
    pub relay_bytes_per_second: u64,
    /// Sign-ins that wait for their password to be hashed.
    pub queue_depth: u64,
    /// Thousandths of the requests that fail through the broker's own fault.
    pub errors_permille: i64,
    /// Seconds by which the wall clock goes apart from the monotonic one.
    pub clock_jump_seconds: u64,
    /// Seconds for which an alert of one kind and subject is not told again. For certificates it is always a day.
    pub quiet_seconds: u64,
    /// Seconds for which somebody is blocked.
    pub block_seconds: u64,
    /// The alerts that block whoever they are about.
    pub blocking: Vec<Blocking>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            failures: 10,
            address_refusals: 3,
            look_ups: 300,
            export_rows: 5_000,
            odd_hour_history: 20,
            disk_free_permille: 100,
            disk_free_critical_permille: 50,
            certificate_days: 14,
            certificate_critical_days: 3,
            connections: 12_000,
            relay_bytes_per_second: 100_000_000,
            queue_depth: 32,
            errors_permille: 50,
            clock_jump_seconds: 60,
            quiet_seconds: 3_600,
            block_seconds: 3_600,
            blocking: Vec::new(),
        }
    }
}

/// The alerts that can block somebody: those where the one who is blocked is the one who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Blocking {
    /// Blocks the place that failed, never the account.
    RepeatedFailures,
    /// Blocks the account.
    NewAddress,
    /// Blocks the account.
    OddHour,
    /// Blocks the place that was refused.
    AddressRefused,
    /// Blocks the account.
    BulkLookUps,
    /// Blocks the account.
    BulkExport,
}

impl Blocking {
    const fn kind(self) -> AlertKind {
        match self {
            Self::RepeatedFailures => AlertKind::RepeatedFailures,
            Self::NewAddress => AlertKind::NewAddress,
            Self::OddHour => AlertKind::OddHour,
            Self::AddressRefused => AlertKind::AddressRefused,
            Self::BulkLookUps => AlertKind::BulkLookUps,
            Self::BulkExport => AlertKind::BulkExport,
        }
    }
}

/// What nobody is to be blocked for: more than thirty days.
const SECONDS_MOST: u64 = 30 * 24 * 3_600;
/// A threshold of nothing would be an alert at every breath.
const LEAST: u64 = 1;

impl Thresholds {
    /// Whether every number makes sense.
    ///
    /// # Errors
    /// The name of the first that does not.
    pub fn check(&self) -> Result<(), &'static str> {
        let counts = [
            ("failures", self.failures),
            ("address_refusals", self.address_refusals),
            ("look_ups", self.look_ups),
            ("export_rows", self.export_rows),
            ("connections", self.connections),
            ("relay_bytes_per_second", self.relay_bytes_per_second),
            ("queue_depth", self.queue_depth),
            ("clock_jump_seconds", self.clock_jump_seconds),
        ];
        // They are also stored and sent as signed numbers.
        if let Some((name, _)) = counts.iter().find(|(_, count)| *count < LEAST || i64::try_from(*count).is_err()) {
            return Err(name);
        }
        let within = |value: i64, least: i64, most: i64| (least..=most).contains(&value);
        let seconds = |value: u64| (60..=SECONDS_MOST).contains(&value);
        let others = [
            ("disk_free_permille", within(self.disk_free_permille, 0, 1_000)),
            ("disk_free_critical_permille", within(self.disk_free_critical_permille, 0, self.disk_free_permille)),
            ("errors_permille", within(self.errors_permille, 1, 1_000)),
            ("certificate_days", within(self.certificate_days, 0, 3_650)),
            ("certificate_critical_days", within(self.certificate_critical_days, 0, self.certificate_days)),
            ("quiet_seconds", seconds(self.quiet_seconds)),
            ("block_seconds", seconds(self.block_seconds)),
        ];
        others.iter().find(|(_, good)| !good).map_or(Ok(()), |(name, _)| Err(name))
    }

    pub(super) fn blocks_on(&self, kind: AlertKind) -> bool {
        self.blocking.iter().any(|blocking| blocking.kind() == kind)
    }

    pub(super) const fn quiet(&self) -> Duration {
        Duration::from_secs(self.quiet_seconds)
    }

    pub(super) const fn block(&self) -> Duration {
        Duration::from_secs(self.block_seconds)
    }
}
