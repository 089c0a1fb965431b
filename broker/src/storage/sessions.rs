//! Reading sessions, opened for whoever may read them.

use std::collections::{BTreeMap, BTreeSet};

use beside_protocol::afterwards::Rating;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::afterwards::{session_note_of, split};
use super::entity::{account, audit, session};
use super::records::{customer_address_of, customer_name_of, operator_address_of, word};
use super::{Storage, StorageError};
use crate::audit::Action;

/// An account, as it stands beside what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// The person's name.
    pub name: String,
}

/// A session, or an attempt at one. All times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionEntry {
    /// Its id, which both apps know too.
    pub sid: String,
    /// Whose code it was.
    pub operator: Person,
    /// Where the operator was; absent once it was deleted.
    pub operator_address: Option<String>,
    /// As the customer wished to be called.
    pub customer_name: Option<String>,
    /// Where the customer was; absent once it was deleted.
    pub customer_address: Option<String>,
    /// The number of the customer's computer, if its app gave one; absent once it was deleted.
    pub device: Option<String>,
    /// Which handshake of the code, from 1.
    pub attempt: i16,
    /// When the customer knocked.
    pub knocked_at: i64,
    /// When the operator accepted.
    pub accepted_at: Option<i64>,
    /// When the customer decided.
    pub verdict_at: Option<i64>,
    /// When the check number matched.
    pub checked_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How it ended.
    pub end: Option<EndEntry>,
    /// The paths that carried it, in order.
    pub paths: Vec<String>,
    /// What carried it, once it is over: `direct`, `relayed`, or `both` if it lost a direct path again. Every session begins on
    /// the relay; that doesn't count. Absent if it did not begin.
    pub carried: Option<String>,
    /// The rights that were granted, in order.
    pub granted: Vec<String>,
    /// Whether the two apps told different stories.
    pub differs: bool,
    /// What the operator says came of it: `solved`, `call_back` or `unsolved`.
    pub outcome: Option<String>,
    /// What the operator says it was about.
    pub tags: Vec<String>,
    /// What the operator wrote; absent once it was deleted.
    pub note: Option<String>,
    /// The customer's rating.
    pub rating: Rating,
}

/// How something ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EndEntry {
    /// Who ended it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The error behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Storage {
    /// One session.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn session(&self, sid: &str) -> Result<Option<SessionEntry>, StorageError> {
        let Some(row) = session::Entity::find_by_id(sid).one(&self.database).await? else { return Ok(None) };
        self.know_keys(sealed(&row)).await?;
        let names = self.names([row.operator_id.as_str()]).await?;
        self.session_entry(row, &names).map(Some)
    }

    /// Whether the broker has ever worked with this database: somebody signed in or tried to, somebody knocked, or demo
    /// data stands for it.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn was_used(&self) -> Result<bool, StorageError> {
        let used = [Action::SignInSucceeded, Action::SignInRefused, Action::SessionKnocked, Action::DemoDataMade];
        let row = audit::Entity::find().filter(audit::Column::Action.is_in(used.map(Action::as_str)));
        // Rows of the log are deleted one day; a session goes with its rows.
        Ok(row.one(&self.database).await?.is_some() || session::Entity::find().one(&self.database).await?.is_some())
    }

    /// The names of accounts.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn names<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeMap<String, String>, StorageError> {
        let ids: BTreeSet<&str> = ids.into_iter().collect();
        let rows: Vec<(String, String)> = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .column(account::Column::Name)
            .filter(account::Column::Id.is_in(ids))
            .into_tuple()
            .all(&self.database)
            .await?;
        Ok(rows.into_iter().collect())
    }

    pub(super) fn session_entry(
        &self,
        row: session::Model,
        names: &BTreeMap<String, String>,
    ) -> Result<SessionEntry, StorageError> {
        let open = |sealed: Option<String>, about: String| match sealed {
            Some(sealed) => self.sealing.open(&sealed, &about).map(|plain| Some(plain.as_str().to_owned())),
            None => Ok(None),
        };
        let granted = in_order(row.granted.split_whitespace());
        Ok(SessionEntry {
            operator: Person { name: names.get(&row.operator_id).cloned().unwrap_or_default(), id: row.operator_id },
            operator_address: open(row.operator_address, operator_address_of(&row.sid))?,
            customer_name: open(row.customer_name, customer_name_of(&row.sid))?,
            customer_address: open(row.customer_address, customer_address_of(&row.sid))?,
            device: row.device,
            attempt: row.attempt,
            knocked_at: row.knocked_at,
            accepted_at: row.accepted_at,
            verdict_at: row.verdict_at,
            checked_at: row.checked_at,
            ended_at: row.ended_at,
            end: row.end_by.zip(row.end_reason).map(|(by, reason)| EndEntry { by, reason, error: row.end_error }),
            paths: paths(&row.paths, !granted.is_empty()),
            carried: row.carried,
            granted,
            differs: row.differs,
            outcome: row.outcome,
            tags: row.tags.iter().flat_map(|tags| split(tags)).map(str::to_owned).collect(),
            note: open(row.note, session_note_of(&row.sid))?,
            rating: Rating { solved: row.solved, felt: row.felt.and_then(word) },
            sid: row.sid,
        })
    }
}

/// The sealed values of a row.
pub(super) fn sealed(row: &session::Model) -> impl Iterator<Item = &str> {
    [&row.operator_address, &row.customer_address, &row.customer_name, &row.note]
        .into_iter()
        .flatten()
        .map(String::as_str)
}

/// The broker's own path, as [`PathKind`](beside_protocol::path::PathKind) stands in a report.
const RELAY: &str = "relay";

/// The paths in order, as the side that told more of them did: the two sides report the same moves at slightly
/// different times, so their reports can't be read as one sequence. Whatever came to a right began on the relay: the
/// handshake went over it, and the sides report only moves.
pub(super) fn paths(told: &str, began: bool) -> Vec<String> {
    let told_by = |side: &str| {
        let mut paths: Vec<String> = told
            .split_whitespace()
            .filter_map(|word| word.split_once(':'))
            .filter(|(by, _)| *by == side)
            .map(|(_, path)| path.to_owned())
            .collect();
        paths.dedup();
        paths
    };
    let mut paths = ["customer", "operator"].map(told_by).into_iter().max_by_key(Vec::len).unwrap_or_default();
    if began && paths.first().is_none_or(|first| first != RELAY) {
        paths.insert(0, RELAY.to_owned());
    }
    paths
}

/// Each word once, where it stood first.
fn in_order<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = Vec::new();
    for word in words {
        if !seen.iter().any(|other| other == word) {
            seen.push(word.to_owned());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_by_the_side_that_saw_more() {
        assert_eq!(paths("", false), [""; 0]);
        assert_eq!(paths("", true), ["relay"]);
        assert_eq!(paths("customer:direct operator:direct ", true), ["relay", "direct"]);
        assert_eq!(paths("customer:direct customer:relay operator:direct ", true), ["relay", "direct", "relay"]);
    }

    #[test]
    fn a_right_is_named_once() {
        assert_eq!(in_order("view control view".split_whitespace()), ["view", "control"]);
    }
}
