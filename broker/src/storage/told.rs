//! What the audit rows tell of a session, and whether the readable row of it in `sessions` tells the same.

use std::collections::BTreeMap;

use beside_audit::{Entry, Field, Scalar};
use serde::Serialize;
use thiserror::Error;

use super::carried::Course;
use super::entity::session;
use crate::audit::Action;
use crate::audit::event::{DEVICE, NAME, NOTE, OPERATOR_PLACE, PLACE};

/// A session whose readable row does not tell what the audit rows tell.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum SessionFault {
    /// Columns say something else.
    #[error("session {sid}: {} is not what the audit log tells", columns.join(", "))]
    SessionAltered {
        /// The session.
        sid: String,
        /// The columns.
        columns: Vec<&'static str>,
    },
    /// The log tells of a session that isn't there.
    #[error("session {sid}, which began in row {seq}, was deleted")]
    SessionMissing {
        /// The session.
        sid: String,
        /// The row of its knock.
        seq: i64,
    },
    /// The log does not tell of it.
    #[error("session {sid} was invented: no row of the audit log tells of its beginning")]
    SessionInvented {
        /// The session.
        sid: String,
    },
}

/// A personal value as an audit row has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Value {
    /// The rows name none.
    #[default]
    Never,
    /// There was one, and it was deleted on schedule.
    Deleted,
    /// It is still kept.
    Kept(String),
}

/// A session as its audit rows tell it.
#[derive(Debug, Default)]
pub(super) struct Told {
    operator_id: String,
    attempt: i64,
    knocked_at: i64,
    accepted_at: Option<i64>,
    verdict_at: Option<i64>,
    checked_at: Option<i64>,
    ended_at: Option<i64>,
    end_by: Option<String>,
    end_reason: Option<String>,
    end_error: Option<String>,
    paths: String,
    granted: String,
    differs: bool,
    outcome: Option<String>,
    tags: Option<String>,
    solved: Option<bool>,
    felt: Option<String>,
    operator_address: Value,
    customer_address: Value,
    customer_name: Value,
    device: Value,
    note: Value,
}

/// The values of a session's sealed columns, opened; an empty text is one that did not open.
#[derive(Debug, Default)]
pub(super) struct Opened {
    pub(super) operator_address: Option<String>,
    pub(super) customer_address: Option<String>,
    pub(super) customer_name: Option<String>,
    pub(super) note: Option<String>,
}

/// An audit row of a session with the personal values that are still kept.
pub(super) type TellingRow = (Entry, BTreeMap<String, String>);

impl Told {
    /// What rows tell, oldest first; nothing if they don't tell how the session began.
    pub(super) fn by(rows: &[TellingRow]) -> Option<Self> {
        let mut told = None;
        for (entry, values) in rows {
            if entry.action == Action::SessionKnocked.name() {
                told = Some(Self::knocked(entry, values));
            } else if let Some(told) = &mut told {
                told.went_on(entry, values);
            }
        }
        told
    }

    fn knocked(entry: &Entry, values: &BTreeMap<String, String>) -> Self {
        Self {
            operator_id: text(entry, "operator").unwrap_or_default(),
            attempt: number(entry, "attempt").unwrap_or_default(),
            knocked_at: at(entry),
            customer_address: value(entry, values, PLACE),
            operator_address: value(entry, values, OPERATOR_PLACE),
            device: value(entry, values, DEVICE),
            ..Self::default()
        }
    }

    fn went_on(&mut self, entry: &Entry, values: &BTreeMap<String, String>) {
        let is = |action: Action| entry.action == action.name();
        if is(Action::SessionNamed) {
            self.customer_name = value(entry, values, NAME);
        } else if is(Action::SessionAccepted) {
            self.accepted_at = Some(at(entry));
            self.operator_address = value(entry, values, PLACE);
        } else if is(Action::SessionReported) {
            self.reported(entry);
        } else if is(Action::SessionEnded) {
            self.ended_at = Some(at(entry));
            (self.end_by, self.end_reason) = (text(entry, "by"), text(entry, "end"));
            self.end_error = text(entry, "error");
        } else if is(Action::SessionDiffers) {
            self.differs = true;
        } else if is(Action::SessionNoted) {
            (self.outcome, self.tags) = (text(entry, "outcome"), text(entry, "tags"));
            self.note = value(entry, values, NOTE);
        } else if is(Action::SessionRated) {
            (self.solved, self.felt) = (flag(entry, "solved"), text(entry, "felt"));
        }
    }

    fn reported(&mut self, entry: &Entry) {
        match text(entry, "kind").as_deref() {
            Some("accepted" | "refused") => self.verdict_at = self.verdict_at.or(Some(at(entry))),
            Some("checked") => self.checked_at = self.checked_at.or(Some(at(entry))),
            Some("granted") => self.granted.extend(text(entry, "right").map(|right| right + " ")),
            Some("path") => {
                let path = text(entry, "side").zip(text(entry, "path"));
                self.paths.extend(path.map(|(side, path)| format!("{side}:{path} ")));
            }
            Some(_) | None => {}
        }
    }

    /// What carried it, as the rows tell it.
    fn carried(&self) -> Option<String> {
        let end_reason = self.end_reason.as_deref();
        let (verdict_at, ended_at) = (self.verdict_at, self.ended_at);
        Course { verdict_at, ended_at, end_reason, paths: &self.paths }.carried()
    }

    /// The columns that say something else.
    pub(super) fn compare(&self, row: &session::Model, opened: &Opened) -> Vec<&'static str> {
        let agrees = |told: &Value, kept: &Option<String>| match (told, kept) {
            // Deleted: the law may demand it.
            (_, None) => true,
            (Value::Kept(told), Some(kept)) => told == kept,
            // The session's value is deleted before the audit row's.
            (Value::Deleted | Value::Never, Some(_)) => false,
        };
        let columns = [
            ("operator_id", self.operator_id == row.operator_id),
            ("attempt", self.attempt == i64::from(row.attempt)),
            ("knocked_at", self.knocked_at == row.knocked_at),
            ("accepted_at", self.accepted_at == row.accepted_at),
            ("verdict_at", self.verdict_at == row.verdict_at),
            ("checked_at", self.checked_at == row.checked_at),
            ("ended_at", self.ended_at == row.ended_at),
            ("end_by", self.end_by == row.end_by),
            ("end_reason", self.end_reason == row.end_reason),
            ("end_error", self.end_error == row.end_error),
            ("paths", self.paths == row.paths),
            ("granted", self.granted == row.granted),
            ("differs", self.differs == row.differs),
            ("outcome", self.outcome == row.outcome),
            ("tags", self.tags == row.tags),
            ("solved", self.solved == row.solved),
            ("felt", self.felt == row.felt),
            ("note", agrees(&self.note, &opened.note)),
            ("operator_address", agrees(&self.operator_address, &opened.operator_address)),
            ("customer_address", agrees(&self.customer_address, &opened.customer_address)),
            ("customer_name", agrees(&self.customer_name, &opened.customer_name)),
            ("device", agrees(&self.device, &row.device)),
            ("carried", self.carried() == row.carried),
        ];
        columns.into_iter().filter(|(_, agrees)| !agrees).map(|(column, _)| column).collect()
    }
}

fn at(entry: &Entry) -> i64 {
    i64::try_from(entry.at).unwrap_or(i64::MAX)
}

fn text(entry: &Entry, field: &'static str) -> Option<String> {
    match entry.detail.get(&Field::fixed(field))? {
        Scalar::Text(text) => Some(text.clone()),
        Scalar::Flag(_) | Scalar::Number(_) => None,
    }
}

fn number(entry: &Entry, field: &'static str) -> Option<i64> {
    match entry.detail.get(&Field::fixed(field))? {
        Scalar::Number(number) => Some(*number),
        Scalar::Flag(_) | Scalar::Text(_) => None,
    }
}

fn flag(entry: &Entry, field: &'static str) -> Option<bool> {
    match entry.detail.get(&Field::fixed(field))? {
        Scalar::Flag(flag) => Some(*flag),
        Scalar::Number(_) | Scalar::Text(_) => None,
    }
}

fn value(entry: &Entry, values: &BTreeMap<String, String>, field: &'static str) -> Value {
    match values.get(field) {
        _ if !entry.personal.contains_key(&Field::fixed(field)) => Value::Never,
        Some(value) => Value::Kept(value.clone()),
        None => Value::Deleted,
    }
}
