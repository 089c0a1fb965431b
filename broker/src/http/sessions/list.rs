//! `GET /api/v1/sessions`, and what it shares with `GET /api/v1/own/sessions`.

use std::collections::BTreeSet;

use actix_web::web;
use beside_protocol::ErrorCode;
use beside_protocol::end::EndReason;
use beside_protocol::ids::{OperatorId, SessionId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::caller::Caller;
use super::super::page::{Page, page, rows, time_and, time_cursor};
use super::super::{Refusal, Shared};
use crate::storage::sessions::{SessionEntry, SessionQuery};

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// From the page before.
    cursor: Option<String>,
    /// Rows, 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// Only this operator's.
    operator: Option<String>,
    /// Knocked at this time or later, Unix milliseconds.
    from: Option<i64>,
    /// Knocked before this time, Unix milliseconds.
    before: Option<i64>,
    /// Only those that ended for this reason.
    #[param(value_type = Option<String>)]
    end: Option<EndReason>,
}

/// Sessions and attempts, newest first: a supervisor's groups', or all.
#[utoipa::path(get, path = "/sessions", tag = "sessions", params(Asked), responses((status = 200, body = Page<SessionEntry>)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<web::Json<Page<SessionEntry>>, Refusal> {
    let page = read(&shared, caller.sees(&shared), &asked).await?;
    caller.has_read(page.items.len(), [("what", "sessions")], &shared).await?;
    Ok(page)
}

/// A page of the sessions of those whom `sees` names.
pub(in super::super) async fn read(
    shared: &Shared,
    sees: Option<BTreeSet<OperatorId>>,
    asked: &Asked,
) -> Result<web::Json<Page<SessionEntry>>, Refusal> {
    let rows = rows(asked.limit)?;
    let query = query(sees, asked.operator.as_ref(), (asked.from, asked.before), asked.end)?;
    let after = time_and::<SessionId>(asked.cursor.as_ref())?.map(|(at, sid)| (at, sid.to_text()));
    let query = SessionQuery { after, limit: rows, ..query };
    let sessions = shared.exchange.storage.sessions(&query).await?;
    Ok(page(sessions, rows, |entry: &SessionEntry| time_cursor(entry.knocked_at, &entry.sid)))
}

/// The query of those sessions of whom `sees` names that are asked for.
///
/// # Errors
/// [`ErrorCode::MessageMalformed`] for what is no operator's id.
pub(in super::super) fn query(
    sees: Option<BTreeSet<OperatorId>>,
    operator: Option<&String>,
    (from, before): (Option<i64>, Option<i64>),
    end: Option<EndReason>,
) -> Result<SessionQuery, ErrorCode> {
    let only: Option<OperatorId> =
        operator.map(|id| id.parse()).transpose().map_err(|_| ErrorCode::MessageMalformed)?;
    let operators = match (sees, only) {
        (Some(sees), Some(only)) => Some(sees.into_iter().filter(|id| *id == only).collect()),
        (None, Some(only)) => Some([only].into()),
        (sees, None) => sees,
    };
    Ok(SessionQuery { operators, from, before, end, ..SessionQuery::default() })
}
