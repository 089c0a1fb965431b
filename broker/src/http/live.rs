//! `GET /api/v1/live`: what goes on now, in this process.

use actix_web::web;
use beside_broker_core::switchboard::OperatorState;
use beside_protocol::ids::OperatorId;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::{Refusal, Shared};
use crate::storage::records::text;
use crate::storage::sessions::Person;

/// What goes on. All times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Live {
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
}

/// Who is there, who waits and who is being helped: in a supervisor's groups, or everywhere. It is what this process of
/// the broker knows; another one that shares its database has its own.
#[utoipa::path(get, path = "/live", tag = "statistics", responses((status = 200, body = Live)))]
pub(super) async fn get(shared: web::Data<Shared>, caller: Caller) -> Result<web::Json<Live>, Refusal> {
    let (live, at) = shared.exchange.turn(|board, now, _, _| (board.live(), now.unix_ms)).await?;
    let sees = caller.sees(&shared);
    let seen = |id: &OperatorId| sees.as_ref().is_none_or(|sees| sees.contains(id));
    let operators = live.operators.iter().map(|one| &one.operator);
    let others = live.waiting.iter().map(|one| &one.operator).chain(live.running.iter().map(|one| &one.operator));
    let names = operators.chain(others).filter(|id| seen(id)).map(OperatorId::as_str);
    let names = shared.exchange.storage.names(names).await?;
    let person =
        |id: OperatorId| Person { name: names.get(id.as_str()).cloned().unwrap_or_default(), id: id.to_string() };
    let operators = live.operators.into_iter().filter(|one| seen(&one.operator));
    let waiting = live.waiting.into_iter().filter(|one| seen(&one.operator));
    let running = live.running.into_iter().filter(|one| seen(&one.operator));
    Ok(web::Json(Live {
        at,
        operators: operators
            .map(|one| LiveOperator { operator: person(one.operator), state: one.state.into() })
            .collect(),
        waiting: waiting
            .map(|one| Waiting { sid: one.sid.to_text(), operator: person(one.operator), since: one.since })
            .collect(),
        running: running
            .map(|one| Running {
                sid: one.sid.to_text(),
                operator: person(one.operator),
                since: one.since,
                path: text(one.path).unwrap_or_default(),
            })
            .collect(),
    }))
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
