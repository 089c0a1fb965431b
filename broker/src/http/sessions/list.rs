//! `GET /api/v1/sessions`, and what it shares with `GET /api/v1/own/sessions`.

use std::collections::BTreeSet;

use actix_web::web;
use beside_protocol::ids::{OperatorId, SessionId};

use super::super::caller::Caller;
use super::super::page::{Page, page, rows, time_and, time_cursor};
use super::super::{Refusal, Shared};
use super::filters::with_filters;
use crate::storage::session_lists::SessionQuery;
use crate::storage::sessions::SessionEntry;

with_filters! {
    /// Which sessions.
    pub(in super::super) struct Asked {
        /// From the page before.
        cursor: Option<String>,
        /// Rows, 50 without it.
        #[param(minimum = 1, maximum = 200)]
        limit: Option<u64>,
    }
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
    let query = asked.filters().query(sees, shared)?;
    let after = time_and::<SessionId>(asked.cursor.as_ref())?.map(|(at, sid)| (at, sid.to_text()));
    let query = SessionQuery { after, limit: rows, ..query };
    let sessions = shared.exchange.storage.sessions(&query).await?;
    Ok(page(sessions, rows, |entry: &SessionEntry| time_cursor(entry.knocked_at, &entry.sid)))
}
