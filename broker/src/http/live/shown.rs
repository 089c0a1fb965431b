//! What goes on, as it is shown to somebody.

use std::collections::{BTreeMap, BTreeSet};

use beside_broker_core::switchboard::{self, OperatorState};
use beside_protocol::ids::OperatorId;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::super::Shared;
use crate::storage::StorageError;
use crate::storage::records::text;
use crate::storage::sessions::Person;

/// Names of accounts by their ids.
pub(super) type Names = BTreeMap<String, String>;

/// What goes on. All times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Live {
    /// When this was so.
    at: i64,
    /// The operators whose managers are connected.
    operators: Vec<LiveOperator>,
    /// The customers whose knock was not answered yet, the one who waits longest first.
    waiting: Vec<Waiting>,
    /// The sessions that run, the longest first.
    running: Vec<Running>,
}

/// An operator whose manager is connected.
#[derive(Debug, Serialize, ToSchema)]
struct LiveOperator {
    /// Who.
    operator: Person,
    /// Whether the operator is free, busy with a customer, or away.
    state: State,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    Free,
    Busy,
    Away,
}

/// A customer who waits.
#[derive(Debug, Serialize, ToSchema)]
struct Waiting {
    /// The attempt's id.
    sid: String,
    /// For whom.
    operator: Person,
    /// Since when.
    since: i64,
}

/// A session that runs.
#[derive(Debug, Serialize, ToSchema)]
struct Running {
    /// Its id.
    sid: String,
    /// Who helps.
    operator: Person,
    /// When the customer accepted.
    since: i64,
    /// What carries it: `relay`, `turn`, `direct_tcp` or `direct_udp`.
    path: String,
    /// The round trip on that path in milliseconds that either app told of last.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u32>,
}

/// The names of everybody of whom it tells.
///
/// # Errors
/// See [`StorageError`].
pub(super) async fn names(shared: &Shared, live: &switchboard::Live) -> Result<Names, StorageError> {
    let operators = live.operators.iter().map(|one| &one.operator);
    let others = live.waiting.iter().map(|one| &one.operator).chain(live.running.iter().map(|one| &one.operator));
    shared.exchange.storage.names(operators.chain(others).map(OperatorId::as_str)).await
}

/// What goes on, as far as it is about the operators whom somebody sees; without a set all of them.
pub(super) fn show(live: &switchboard::Live, at: i64, names: &Names, sees: Option<&BTreeSet<OperatorId>>) -> Live {
    let seen = |id: &OperatorId| sees.is_none_or(|sees| sees.contains(id));
    let person =
        |id: &OperatorId| Person { name: names.get(id.as_str()).cloned().unwrap_or_default(), id: id.to_string() };
    let operators = live.operators.iter().filter(|one| seen(&one.operator));
    let waiting = live.waiting.iter().filter(|one| seen(&one.operator));
    let running = live.running.iter().filter(|one| seen(&one.operator));
    Live {
        at,
        operators: operators
            .map(|one| LiveOperator { operator: person(&one.operator), state: one.state.into() })
            .collect(),
        waiting: waiting
            .map(|one| Waiting { sid: one.sid.to_text(), operator: person(&one.operator), since: one.since })
            .collect(),
        running: running
            .map(|one| Running {
                sid: one.sid.to_text(),
                operator: person(&one.operator),
                since: one.since,
                path: text(one.path).unwrap_or_default(),
                delay_ms: one.delay_ms,
            })
            .collect(),
    }
}

impl Live {
    /// A hash of everything but the time: two of the same show the same.
    ///
    /// # Errors
    /// See [`serde_json::to_vec`].
    pub(super) fn digest(&self) -> serde_json::Result<[u8; 32]> {
        let shown = serde_json::to_vec(&(&self.operators, &self.waiting, &self.running))?;
        Ok(Sha256::digest(shown).into())
    }
}

impl From<OperatorState> for State {
    fn from(state: OperatorState) -> Self {
        match state {
            OperatorState::Free => Self::Free,
            OperatorState::Busy => Self::Busy,
            OperatorState::Away => Self::Away,
        }
    }
}
