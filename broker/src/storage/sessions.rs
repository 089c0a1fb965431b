//! Reading sessions, opened for whoever may read them.

use std::collections::{BTreeMap, BTreeSet};

use beside_broker_core::hours::Stretch;
use beside_broker_core::ledger::{Carried, Computer};
use beside_broker_core::name::PersonName;
use beside_protocol::afterwards::{Felt, Outcome, Rating};
use beside_protocol::end::EndReason;
use beside_protocol::ids::OperatorId;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;

use super::afterwards::{session_note_of, split};
use super::entity::session::Column::KnockedAt;
use super::entity::{account, audit, session, session_tag};
use super::records::{customer_address_of, customer_name_of, operator_address_of, text, word};
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

/// Which sessions somebody asks for, newest first.
#[derive(Debug, Default)]
pub struct SessionQuery {
    /// Only these operators'.
    pub operators: Option<BTreeSet<OperatorId>>,
    /// Knocked at this time or later, Unix milliseconds.
    pub from: Option<i64>,
    /// Knocked before this time, Unix milliseconds.
    pub before: Option<i64>,
    /// Only those that ended so.
    pub end: Option<EndReason>,
    /// Only those of which the operator says that this came of them.
    pub outcome: Option<Outcome>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those that the customer found so.
    pub felt: Option<Felt>,
    /// Only those whose customer's name has these words, or is this one but for blanks.
    pub customer: Option<PersonName>,
    /// Only those of this computer.
    pub device: Option<Computer>,
    /// Only those that this carried.
    pub carried: Option<Carried>,
    /// Only those knocked in this hour of the week.
    pub hour_of_week: Option<HourOfWeek>,
    /// After the session with this time and id.
    pub after: Option<(i64, String)>,
    /// At most so many.
    pub limit: u64,
}

/// An hour of the week, by a clock within some time.
#[derive(Debug)]
pub struct HourOfWeek {
    /// Monday being 0.
    pub weekday: u8,
    /// From 0 to 23.
    pub hour: u8,
    /// How far that clock is from UTC, through the time in which sessions are looked for.
    pub stretches: Vec<Stretch>,
}

impl Storage {
    /// The sessions that a query asks for, newest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn sessions(&self, query: &SessionQuery) -> Result<Vec<SessionEntry>, StorageError> {
        let mut asked = condition(query);
        if let Some(name) = &query.customer {
            let Some(found) = self.found_by_name(name).await? else { return Ok(Vec::new()) };
            asked = asked.add(found);
        }
        let rows = session::Entity::find()
            .filter(asked)
            .order_by_desc(session::Column::KnockedAt)
            .order_by_desc(session::Column::Sid)
            .limit(query.limit)
            .all(&self.database)
            .await?;
        self.know_keys(rows.iter().flat_map(sealed)).await?;
        let names = self.names(rows.iter().map(|row| row.operator_id.as_str())).await?;
        rows.into_iter().map(|row| self.session_entry(row, &names)).collect()
    }

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

    fn session_entry(
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

fn condition(query: &SessionQuery) -> Condition {
    use session::Column::{OperatorId, Sid};
    let mut all = Condition::all();
    if let Some(operators) = &query.operators {
        all = all.add(OperatorId.is_in(operators.iter().map(beside_protocol::ids::OperatorId::as_str)));
    }
    if let Some(from) = query.from {
        all = all.add(KnockedAt.gte(from));
    }
    if let Some(before) = query.before {
        all = all.add(KnockedAt.lt(before));
    }
    if let Some(end) = query.end {
        all = all.add(session::Column::EndReason.eq(text(end)));
    }
    if let Some(outcome) = query.outcome {
        all = all.add(session::Column::Outcome.eq(text(outcome)));
    }
    if let Some(tag) = &query.tag {
        let tagged = Query::select()
            .column(session_tag::Column::Sid)
            .from(session_tag::Entity)
            .and_where(session_tag::Column::Tag.eq(tag.as_str()))
            .to_owned();
        all = all.add(Sid.in_subquery(tagged));
    }
    if let Some(felt) = query.felt {
        all = all.add(session::Column::Felt.eq(text(felt)));
    }
    match query.device {
        Some(Computer::Numbered(device)) => all = all.add(session::Column::Device.eq(device.to_string())),
        Some(Computer::Unnumbered) => all = all.add(session::Column::Device.is_null()),
        None => {}
    }
    if let Some(carried) = query.carried {
        all = all.add(session::Column::Carried.eq(text(carried)));
    }
    if let Some(hour) = &query.hour_of_week {
        all = all.add(hour.condition());
    }
    if let Some((at, sid)) = &query.after {
        // One comparison of rows, so that an index answers it.
        let row = Expr::tuple([Expr::col(KnockedAt), Expr::col(Sid)]);
        all = all.add(row.lt(Expr::tuple([Expr::value(*at), Expr::value(sid.as_str())])));
    }
    all
}

const HOUR: i64 = 3_600_000;
const HOURS_OF_WEEK: i64 = 7 * 24;
/// 1970 began on a Thursday: so many hours after the beginning of its week. With them no clock shows a time before that.
const HOURS_BEFORE_1970: i64 = 3 * 24;

impl HourOfWeek {
    /// Arithmetic that every SQL has, on the column by which the rows are read anyway.
    fn condition(&self) -> Condition {
        let sought = i64::from(self.weekday) * 24 + i64::from(self.hour);
        let within = |stretch: &Stretch| {
            let since_monday = Expr::col(KnockedAt).add(stretch.offset + HOURS_BEFORE_1970 * HOUR);
            let hour = since_monday.div(HOUR).modulo(HOURS_OF_WEEK);
            Condition::all().add(KnockedAt.gte(stretch.from)).add(KnockedAt.lt(stretch.before)).add(hour.eq(sought))
        };
        self.stretches.iter().map(within).fold(Condition::any(), Condition::add)
    }
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
