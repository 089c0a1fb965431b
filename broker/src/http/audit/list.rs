//! `GET /api/v1/audit`. Reading the log is logged itself.

use actix_web::web;
use beside_audit::Id;
use beside_protocol::ErrorCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::caller::Caller;
use super::super::page::{Page, cursor, page, rows};
use super::super::{Refusal, Shared};
use crate::storage::audit::{AuditEntry, AuditQuery};

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// From the page before.
    cursor: Option<String>,
    /// Rows, 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// Only this action, or with a dot at its end this family of actions.
    action: Option<String>,
    /// Only what this account did.
    #[param(value_type = Option<String>)]
    account: Option<Id>,
    /// Only what is about this id.
    #[param(value_type = Option<String>)]
    about: Option<Id>,
    /// At this time or later, Unix milliseconds.
    from: Option<i64>,
    /// Before this time, Unix milliseconds.
    before: Option<i64>,
}

/// Rows of the audit log, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Asked), responses((status = 200, body = Page<AuditEntry>)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<web::Json<Page<AuditEntry>>, Refusal> {
    let asked = asked.into_inner();
    let rows = rows(asked.limit)?;
    let after = cursor(asked.cursor.as_ref())?.map(|text| text.parse()).transpose();
    let query = AuditQuery {
        action: asked.action,
        account: asked.account.map(|id| id.to_string()),
        about: asked.about.map(|id| id.to_string()),
        from: asked.from,
        before: asked.before,
        after: after.map_err(|_| ErrorCode::MessageMalformed)?,
        ascending: false,
        limit: rows,
    };
    let page = page(shared.exchange.storage.audit(&query).await?, rows, |entry: &AuditEntry| entry.seq.to_string());
    caller.has_read(page.items.len(), [("what", "audit")], &shared).await?;
    Ok(page)
}
