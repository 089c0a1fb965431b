//! `GET /api/v1/sessions/export`: sessions as a file.

use actix_web::{HttpResponse, web};

use super::super::caller::Caller;
use super::super::export::{Format, PAGE, Source, begin};
use super::super::{Refusal, Shared};
use super::filters::with_filters;
use crate::csv::utc;
use crate::storage::records::text;
use crate::storage::session_lists::SessionQuery;
use crate::storage::sessions::SessionEntry;
use crate::storage::{Storage, StorageError};

with_filters! {
    /// Which sessions, and as what.
    pub(in super::super) struct Asked {
        /// The form of the file.
        #[param(inline)]
        format: Format,
    }
}

/// Sessions and attempts as a file, newest first: a supervisor's groups', or all.
#[utoipa::path(get, path = "/sessions/export", tag = "sessions", params(Asked), responses((status = 200, content((String = "text/csv"), (Vec<SessionEntry> = "application/json")))))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Refusal> {
    let filters = asked.filters();
    let query = filters.query(caller.sees(&shared), &shared)?;
    let sessions = Sessions(SessionQuery { limit: PAGE, ..query });
    begin(sessions, asked.format, |event| filters.logged(event), caller, &shared).await
}

/// The query of the next page.
struct Sessions(SessionQuery);

impl Source for Sessions {
    type Row = SessionEntry;

    const NAME: &'static str = "sessions";

    const COLUMNS: &'static [&'static str] = &[
        "sid",
        "operator_id",
        "operator_name",
        "operator_address",
        "customer_name",
        "customer_address",
        "device",
        "attempt",
        "knocked_at",
        "accepted_at",
        "verdict_at",
        "checked_at",
        "ended_at",
        "end_by",
        "end_reason",
        "end_error",
        "paths",
        "carried",
        "granted",
        "differs",
        "outcome",
        "tags",
        "note",
        "rating_solved",
        "rating_felt",
    ];

    async fn next(&mut self, storage: &Storage) -> Result<Vec<SessionEntry>, StorageError> {
        let page = storage.sessions(&self.0).await?;
        self.0.after = page.last().map(|last| (last.knocked_at, last.sid.clone())).or(self.0.after.take());
        Ok(page)
    }

    fn cells(row: &SessionEntry) -> Result<Vec<String>, StorageError> {
        let some = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |time: Option<i64>| time.map(utc).unwrap_or_default();
        let (by, reason, error) = match &row.end {
            Some(end) => (end.by.clone(), end.reason.clone(), some(&end.error)),
            None => Default::default(),
        };
        Ok(vec![
            row.sid.clone(),
            row.operator.id.clone(),
            row.operator.name.clone(),
            some(&row.operator_address),
            some(&row.customer_name),
            some(&row.customer_address),
            some(&row.device),
            row.attempt.to_string(),
            utc(row.knocked_at),
            time(row.accepted_at),
            time(row.verdict_at),
            time(row.checked_at),
            time(row.ended_at),
            by,
            reason,
            error,
            row.paths.join(" "),
            some(&row.carried),
            row.granted.join(" "),
            row.differs.to_string(),
            some(&row.outcome),
            row.tags.join("\n"),
            some(&row.note),
            row.rating.solved.map(|solved| solved.to_string()).unwrap_or_default(),
            row.rating.felt.and_then(text).unwrap_or_default(),
        ])
    }
}
