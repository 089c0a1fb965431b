//! Reading the log.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;

use super::entity::{account, session, session_event, sign_in};
use super::{Storage, StorageError};

/// The newest entries, newest first. All times are Unix milliseconds, UTC.
#[derive(Debug, Serialize)]
pub struct Log {
    /// Sign-ins that were tried.
    pub sign_ins: Vec<SignInEntry>,
    /// Sessions and attempts.
    pub sessions: Vec<SessionEntry>,
}

/// A sign-in that was tried.
#[derive(Debug, Serialize)]
pub struct SignInEntry {
    /// When.
    pub at: i64,
    /// By which account; none if no account has the name.
    pub account: Option<Person>,
    /// From where.
    pub address: String,
    /// `signed_in`, `wrong_password` or `unknown_name`.
    pub outcome: String,
}

/// An account in the log.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// The person's name.
    pub name: String,
}

/// A session, or an attempt at one.
#[derive(Debug, Serialize)]
pub struct SessionEntry {
    /// Its id, which both apps know too.
    pub sid: String,
    /// Whose code it was.
    pub operator: Person,
    /// Where the operator was.
    pub operator_address: Option<String>,
    /// As the customer wished to be called.
    pub customer_name: Option<String>,
    /// Where the customer was.
    pub customer_address: String,
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
    /// The rights that were granted, in order.
    pub granted: Vec<String>,
    /// Whether the two apps told different stories.
    pub differs: bool,
    /// Everything that the apps reported.
    pub events: Vec<EventEntry>,
}

/// How something ended.
#[derive(Debug, Serialize)]
pub struct EndEntry {
    /// Who ended it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The error behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One report of an app.
#[derive(Debug, Serialize)]
pub struct EventEntry {
    /// When.
    pub at: i64,
    /// Whose app.
    pub side: String,
    /// What.
    pub kind: String,
    /// Of which right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// For how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// To which path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its round trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<i32>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<EndEntry>,
}

impl Storage {
    /// The newest `limit` sign-ins and the newest `limit` sessions.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn log(&self, limit: u64) -> Result<Log, StorageError> {
        let sign_ins =
            sign_in::Entity::find().order_by_desc(sign_in::Column::Id).limit(limit).all(&self.database).await?;
        let sessions =
            session::Entity::find().order_by_desc(session::Column::KnockedAt).limit(limit).all(&self.database).await?;
        let names: BTreeMap<_, _> =
            account::Entity::find().all(&self.database).await?.into_iter().map(|row| (row.id, row.name)).collect();
        let person = |id: String| Person { name: names.get(&id).cloned().unwrap_or_default(), id };
        let mut log = Log { sign_ins: Vec::new(), sessions: Vec::new() };
        for row in sign_ins {
            let account = row.account_id.map(person);
            log.sign_ins.push(SignInEntry { at: row.at, account, address: row.address, outcome: row.outcome });
        }
        for row in sessions {
            let events = session_event::Entity::find()
                .filter(session_event::Column::Sid.eq(row.sid.as_str()))
                .order_by_asc(session_event::Column::Id)
                .all(&self.database)
                .await?;
            let operator = person(row.operator_id.clone());
            log.sessions.push(entry(row, operator, events));
        }
        Ok(log)
    }
}

fn entry(row: session::Model, operator: Person, events: Vec<session_event::Model>) -> SessionEntry {
    let paths = paths(&events);
    let mut granted: Vec<String> = Vec::new();
    for event in &events {
        let right = event.right.as_ref().filter(|_| event.kind == "granted");
        if let Some(right) = right.filter(|right| !granted.contains(right)) {
            granted.push(right.clone());
        }
    }
    SessionEntry {
        sid: row.sid,
        operator,
        operator_address: row.operator_address,
        customer_name: row.customer_name,
        customer_address: row.customer_address,
        attempt: row.attempt,
        knocked_at: row.knocked_at,
        accepted_at: row.accepted_at,
        verdict_at: row.verdict_at,
        checked_at: row.checked_at,
        ended_at: row.ended_at,
        end: end_entry(row.end_by, row.end_reason, row.end_error),
        paths,
        granted,
        differs: row.differs,
        events: events.into_iter().map(EventEntry::from).collect(),
    }
}

/// The paths in order, as the side that told more of them did: the two sides report the same moves at slightly
/// different times, so their reports can't be read as one sequence.
fn paths(events: &[session_event::Model]) -> Vec<String> {
    let told_by = |side: &str| {
        let told = events.iter().filter(|event| event.side == side).filter_map(|event| event.path.clone());
        let mut paths: Vec<String> = told.collect();
        paths.dedup();
        paths
    };
    let sides = ["customer", "operator"].map(told_by);
    sides.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

impl From<session_event::Model> for EventEntry {
    fn from(row: session_event::Model) -> Self {
        Self {
            at: row.at,
            side: row.side,
            kind: row.kind,
            right: row.right,
            seconds: row.seconds,
            path: row.path,
            delay_ms: row.delay_ms,
            end: end_entry(row.end_by, row.end_reason, row.end_error),
        }
    }
}

fn end_entry(by: Option<String>, reason: Option<String>, error: Option<String>) -> Option<EndEntry> {
    by.zip(reason).map(|(by, reason)| EndEntry { by, reason, error })
}
