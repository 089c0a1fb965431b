//! What a month's report says. It is the same whenever it is read, until what it is of changes: an account, or the log.

use beside_broker_core::month::Month;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::audit::Action;
use crate::storage::audit::{AuditEntry, AuditQuery};
use crate::storage::reviews::{AccountCount, By, Share};
use crate::storage::{Storage, StorageError};

/// Rows shown of a section, and accounts of a count; `GET /audit` has them all.
const SHOWN: u64 = 200;

/// The sections, in this order, and whose rows each has: an action, or with a dot at its end a family of actions.
const SECTIONS: &[(&str, &str)] = &[
    ("accounts_created", Action::AccountCreated.as_str()),
    ("accounts_changed", Action::AccountChanged.as_str()),
    ("accounts_ended", Action::AccountEnded.as_str()),
    ("accounts_unlocked", Action::AccountUnlocked.as_str()),
    ("groups", "group."),
    ("addresses", "address."),
    ("hours", Action::HoursChanged.as_str()),
    ("policy", Action::PolicyChanged.as_str()),
    ("tokens", "token."),
    ("exports", Action::LogExported.as_str()),
    ("blocks", "block."),
    ("keys", "key."),
    ("backups", "backup."),
    ("deletions", Action::RowsDeleted.as_str()),
    ("personal_data_deleted", Action::PersonalDataDeleted.as_str()),
];

/// What a review is of.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Report {
    /// Accounts by role and state, as they stand now.
    accounts: Vec<AccountCount>,
    /// What was done in the month.
    sections: Vec<Section>,
    /// Sign-ins that were refused, by account.
    sign_ins_refused: Tally,
    /// What signed-in accounts asked for and may not do, by account.
    access_refused: Tally,
    /// How often lists of people's records were read, by account.
    records_read: Tally,
}

/// Rows of the log of one kind. An export has two: when it began, and when it was complete or broke off.
#[derive(Debug, Serialize, ToSchema)]
struct Section {
    /// What they are of: `accounts_created`, `accounts_changed`, `accounts_ended`, `accounts_unlocked`, `groups`,
    /// `addresses`, `hours`, `policy`, `tokens`, `exports`, `blocks`, `keys`, `backups`, `deletions` or
    /// `personal_data_deleted`.
    of: &'static str,
    /// How many there are.
    total: u64,
    /// The oldest of them, 200 at most.
    rows: Vec<AuditEntry>,
}

/// How often something happened, and whose it was.
#[derive(Debug, Serialize, ToSchema)]
struct Tally {
    /// How often.
    total: u64,
    /// Those who have most of it first, 200 at most.
    by: Vec<Share>,
}

impl Report {
    pub(super) async fn of(month: Month, storage: &Storage) -> Result<Self, StorageError> {
        let query = |action: &str| AuditQuery {
            action: Some(action.to_owned()),
            from: Some(month.begins()),
            before: Some(month.ends()),
            ascending: true,
            limit: SHOWN,
            ..AuditQuery::default()
        };
        let mut sections = Vec::new();
        for (of, action) in SECTIONS {
            let query = query(action);
            sections.push(Section { of, total: storage.count_rows(&query).await?, rows: storage.audit(&query).await? });
        }
        let tally = async |action: Action, by: By| {
            let query = query(action.as_str());
            Ok::<_, StorageError>(Tally {
                total: storage.count_rows(&query).await?,
                by: storage.shares(&query, by).await?,
            })
        };
        Ok(Self {
            accounts: storage.account_counts().await?,
            sections,
            sign_ins_refused: tally(Action::SignInRefused, By::About).await?,
            access_refused: tally(Action::AccessRefused, By::Account).await?,
            records_read: tally(Action::LogRead, By::Account).await?,
        })
    }

    /// How many rows of the log it shows.
    pub(super) fn rows(&self) -> usize {
        self.sections.iter().map(|section| section.rows.len()).sum()
    }

    /// SHA-256 of it in JSON, hex: what an auditor signs off.
    pub(super) fn hash(&self) -> Result<String, StorageError> {
        let json = serde_json::to_vec(self).map_err(|_| StorageError::Invalid("report"))?;
        Ok(hex::encode(Sha256::digest(json)))
    }
}
