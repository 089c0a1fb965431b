//! What goes on at one moment, for whoever looks on: who is there, who waits for whom, who helps whom. No names, no
//! addresses.

use std::collections::BTreeSet;

use beside_protocol::ids::{OperatorId, SessionId};
use beside_protocol::path::PathKind;

use super::Switchboard;
use crate::session::{Presence, Stage};

/// What goes on at one moment. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The operators whose managers are connected, in the order of their ids.
    pub operators: Vec<LiveOperator>,
    /// The customers whose knock was not answered yet, the one who waits longest first.
    pub waiting: Vec<Waiting>,
    /// The sessions that run, the longest first.
    pub running: Vec<Running>,
}

/// An operator whose manager is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveOperator {
    /// Who.
    pub operator: OperatorId,
    /// What the operator does.
    pub state: OperatorState,
}

/// What an operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorState {
    /// Waits for customers.
    Free,
    /// Is in a handshake or a session.
    Busy,
    /// Takes no customers; who is in a session is busy.
    Away,
}

/// A customer who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The attempt.
    pub sid: SessionId,
    /// For whom.
    pub operator: OperatorId,
    /// Since when.
    pub since: i64,
}

/// A session that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The session.
    pub sid: SessionId,
    /// Who helps.
    pub operator: OperatorId,
    /// When the customer accepted.
    pub since: i64,
    /// What carries it, as its apps told last.
    pub path: PathKind,
    /// The round trip on that path in milliseconds, as either app told last.
    pub delay_ms: Option<u32>,
}

impl Switchboard {
    /// What goes on now.
    #[must_use]
    pub fn live(&self) -> Live {
        let mut live = Live { operators: Vec::new(), waiting: Vec::new(), running: Vec::new() };
        let mut busy = BTreeSet::new();
        for (sid, session) in &self.sessions {
            let (sid, operator) = (*sid, session.operator.clone());
            match &session.stage {
                Stage::Knocking(knocking) => {
                    live.waiting.push(Waiting { sid, operator, since: knocking.at });
                }
                Stage::Pairing(_) => {
                    busy.insert(session.desk);
                }
                Stage::Active(active) => {
                    busy.insert(session.desk);
                    let path = session.reports.path().unwrap_or(PathKind::Relay);
                    let delay_ms = session.reports.delay_ms();
                    live.running.push(Running { sid, operator, since: active.since, path, delay_ms });
                }
                Stage::Closing(_) => {}
            }
        }
        for (id, desk) in &self.desks {
            let state = match desk.presence {
                Presence::GoneSince(_) => continue,
                Presence::Here(_) if busy.contains(id) => OperatorState::Busy,
                Presence::Here(_) if desk.away => OperatorState::Away,
                Presence::Here(_) => OperatorState::Free,
            };
            live.operators.push(LiveOperator { operator: desk.operator.clone(), state });
        }
        live.operators.sort_by(|a, b| a.operator.cmp(&b.operator));
        live.waiting.sort_by_key(|waiting| (waiting.since, waiting.sid));
        live.running.sort_by_key(|running| (running.since, running.sid));
        live
    }
}
