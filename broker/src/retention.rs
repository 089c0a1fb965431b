//! What is past its time, as the policy says: daily while the broker serves, or when the command line asks.

use serde::Serialize;

use crate::audit::Actor;
use crate::config::Audit;
use crate::storage::settings::RETENTION_LEAST;
use crate::storage::{Storage, StorageError};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What was deleted or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Deleted {
    /// Personal values of rows of the audit log.
    pub values: u64,
    /// Sessions whose addresses and names were deleted.
    pub sessions: u64,
    /// Alerts, and blocks that had run out.
    pub alerts: u64,
    /// Ended accounts whose names were replaced.
    pub accounts: u64,
    /// Rows of the audit log, each with the session that it began.
    pub rows: u64,
}

/// Deletes what is past its time at `now` (Unix ms).
///
/// # Errors
/// See [`StorageError`]; what was deleted until then stays so, and is in the log.
pub async fn delete_past(storage: &Storage, audit: &Audit, actor: &Actor, now: i64) -> Result<Deleted, StorageError> {
    let policy = storage.policy().await?;
    let before = |days: u32| now - i64::from(days) * DAY_MS;
    let (values, sessions) = storage.delete_personal_data(before(policy.personal_days), actor, now).await?;
    let alerts = storage.delete_old_alerts(before(policy.personal_days), actor, now).await?;
    let accounts = storage.pseudonymise_accounts(before(policy.ended_account_days), actor, now).await?;
    let witnessed = match (&audit.witness, &audit.witness_key) {
        (Some(_), Some(key)) => Some(storage.standing(key.name().as_str()).await?.map_or(0, |standing| standing.size)),
        (_, _) => None,
    };
    // Whatever the settings hold: a year at least.
    let days = policy.log_days.max(RETENTION_LEAST);
    let rows = storage.delete_old_rows(before(days), witnessed, actor, now).await?;
    Ok(Deleted { values, sessions, alerts, accounts, rows })
}
