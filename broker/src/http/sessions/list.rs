//! `GET /api/v1/sessions`, and what it shares with `GET /api/v1/own/sessions`.

use std::collections::BTreeSet;

use actix_web::web;
use beside_audit::Id;
use beside_protocol::ErrorCode;
use beside_protocol::afterwards::{Outcome, tag};
use beside_protocol::end::EndReason;
use beside_protocol::ids::{OperatorId, SessionId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::caller::{Caller, narrowed};
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
    /// Only those of this group's members.
    #[param(value_type = Option<String>)]
    group: Option<Id>,
    /// Knocked at this time or later, Unix milliseconds.
    from: Option<i64>,
    /// Knocked before this time, Unix milliseconds.
    before: Option<i64>,
    /// Only those that ended for this reason.
    #[param(value_type = Option<String>)]
    end: Option<EndReason>,
    /// Only those of which the operator said that this came of them.
    #[param(inline)]
    outcome: Option<Outcome>,
    /// Only those with this tag.
    tag: Option<String>,
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
    let query = Wanted {
        operator: asked.operator.as_deref(),
        group: asked.group.as_ref(),
        span: (asked.from, asked.before),
        end: asked.end,
        outcome: asked.outcome,
        tag: asked.tag.as_deref(),
    };
    let query = query.of(sees, shared)?;
    let after = time_and::<SessionId>(asked.cursor.as_ref())?.map(|(at, sid)| (at, sid.to_text()));
    let query = SessionQuery { after, limit: rows, ..query };
    let sessions = shared.exchange.storage.sessions(&query).await?;
    Ok(page(sessions, rows, |entry: &SessionEntry| time_cursor(entry.knocked_at, &entry.sid)))
}

/// Which sessions: the same for the list and for the file. (A query string can't be flattened into a struct of its own.)
pub(in super::super) struct Wanted<'a> {
    /// Only this operator's.
    pub(in super::super) operator: Option<&'a str>,
    /// Only those of this group's members.
    pub(in super::super) group: Option<&'a Id>,
    /// Knocked from here to before there, Unix milliseconds.
    pub(in super::super) span: (Option<i64>, Option<i64>),
    /// Only those that ended so.
    pub(in super::super) end: Option<EndReason>,
    /// Only those of which this came.
    pub(in super::super) outcome: Option<Outcome>,
    /// Only those with this tag.
    pub(in super::super) tag: Option<&'a str>,
}

impl Wanted<'_> {
    /// The query of those of them whose operators `sees` names.
    ///
    /// # Errors
    /// [`ErrorCode::MessageMalformed`] for what is no operator's id, or no tag.
    pub(in super::super) fn of(
        self,
        sees: Option<BTreeSet<OperatorId>>,
        shared: &Shared,
    ) -> Result<SessionQuery, ErrorCode> {
        let only: Option<OperatorId> =
            self.operator.map(str::parse).transpose().map_err(|_| ErrorCode::MessageMalformed)?;
        let operators = narrowed(sees, only, self.group.map(Id::as_str), &shared.rules());
        let (from, before) = self.span;
        let tag = self.tag.map(tag).transpose().map_err(|_| ErrorCode::MessageMalformed)?;
        Ok(SessionQuery {
            operators,
            from,
            before,
            end: self.end,
            outcome: self.outcome,
            tag,
            ..SessionQuery::default()
        })
    }
}
