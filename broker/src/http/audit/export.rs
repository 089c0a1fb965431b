//! `GET /api/v1/audit/export`: the audit log as a file.

use actix_web::{HttpResponse, web};
use beside_audit::{Action, Id};
use beside_protocol::ErrorCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::caller::Caller;
use super::super::export::{Format, PAGE, Source, begin, json, loggable};
use super::super::{Refusal, Shared};
use crate::audit::Event;
use crate::csv::utc;
use crate::storage::audit::{AuditEntry, AuditQuery};
use crate::storage::{Storage, StorageError};

/// Which rows, and as what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// The form of the file.
    #[param(inline)]
    format: Format,
    /// Only this action, or with a dot at its end this family of actions.
    action: Option<String>,
    /// Only what this account did.
    #[param(value_type = Option<String>)]
    account: Option<Id>,
    /// Only what is about this id.
    #[param(value_type = Option<String>)]
    about: Option<Id>,
    /// At this time or later, Unix milliseconds.
    #[param(minimum = 0, maximum = 9007199254740991i64)]
    from: Option<i64>,
    /// Before this time, Unix milliseconds.
    #[param(minimum = 0, maximum = 9007199254740991i64)]
    before: Option<i64>,
}

/// Rows of the audit log as a file, newest first.
#[utoipa::path(get, path = "/audit/export", tag = "audit", params(Asked), responses((status = 200, content((String = "text/csv"), (Vec<AuditEntry> = "application/json")))))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Refusal> {
    let Asked { format, action, account, about, from, before } = asked.into_inner();
    loggable([from, before])?;
    // It goes into the log, where it must be a word.
    if let Some(action) = &action {
        Action::new(action.as_str()).map_err(|_| ErrorCode::MessageMalformed)?;
    }
    let (account, about) = (account.map(|id| id.to_string()), about.map(|id| id.to_string()));
    let filters = {
        let (action, account, about) = (action.clone(), account.clone(), about.clone());
        move |event: Event| {
            let event = event.with_some("action", action).with_some("account", account).with_some("of", about);
            event.with_some("from", from).with_some("before", before)
        }
    };
    let query = AuditQuery { action, account, about, from, before, limit: PAGE, ..AuditQuery::default() };
    begin(Rows(query), format, filters, caller, &shared).await
}

/// The query of the next page.
struct Rows(AuditQuery);

impl Source for Rows {
    type Row = AuditEntry;

    const NAME: &'static str = "audit";

    const COLUMNS: &'static [&'static str] =
        &["seq", "at", "account_id", "account_name", "via", "action", "about", "about_name", "detail", "personal"];

    async fn next(&mut self, storage: &Storage) -> Result<Vec<AuditEntry>, StorageError> {
        let page = storage.audit(&self.0).await?;
        self.0.after = page.last().map(|last| last.seq).or(self.0.after);
        Ok(page)
    }

    fn cells(row: &AuditEntry) -> Result<Vec<String>, StorageError> {
        let (id, name) = match &row.account {
            Some(account) => (account.id.clone(), account.name.clone()),
            None => Default::default(),
        };
        Ok(vec![
            row.seq.to_string(),
            utc(row.at),
            id,
            name,
            row.via.clone(),
            row.action.clone(),
            row.about.clone().unwrap_or_default(),
            row.about_name.clone().unwrap_or_default(),
            json(&row.detail)?,
            json(&row.personal)?,
        ])
    }
}
