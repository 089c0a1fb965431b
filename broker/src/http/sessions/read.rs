//! `GET /api/v1/sessions/{session}`: one session with everything that was told of it.

use actix_web::web;
use beside_protocol::ErrorCode;
use beside_protocol::ids::{OperatorId, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use crate::audit::Action;
use crate::storage::audit::{AuditEntry, AuditQuery};
use crate::storage::sessions::SessionEntry;

/// Rows of one session, more than the apps may report.
const ROWS: u64 = 10_000;

/// A session and its rows of the audit log, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct SessionDetail {
    /// The session.
    session: SessionEntry,
    /// What happened in it.
    events: Vec<AuditEntry>,
}

/// One session.
#[utoipa::path(get, path = "/sessions/{session}", tag = "sessions", params(("session" = String, Path)), responses((status = 200, body = SessionDetail)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    sid: web::Path<SessionId>,
) -> Result<web::Json<SessionDetail>, Refusal> {
    let storage = &shared.exchange.storage;
    let sid = sid.to_text();
    let session = storage.session(&sid).await?.ok_or(ErrorCode::NotFound)?;
    if let Some(sees) = caller.sees(&shared) {
        let operator: OperatorId = session.operator.id.parse().map_err(|_| ErrorCode::Internal)?;
        if !sees.contains(&operator) {
            return Err(ErrorCode::NotFound.into());
        }
    }
    let query = AuditQuery { about: Some(sid.clone()), ascending: true, limit: ROWS, ..AuditQuery::default() };
    let events = storage.audit(&query).await?;
    let event = caller.event(Action::LogRead, shared.now()).with("what", "session").with("session", sid);
    shared.log(event).await?;
    Ok(web::Json(SessionDetail { session, events }))
}
