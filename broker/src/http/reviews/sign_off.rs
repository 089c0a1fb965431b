//! `POST /api/v1/reviews/{month}/sign-off`: the only thing that auditors write.

use actix_web::{HttpResponse, web};
use beside_broker_core::month::Month;
use beside_protocol::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};
use super::known;
use super::report::Report;
use crate::audit::Action;

/// Characters of a note, at most.
const NOTE_MOST: usize = 2_000;

/// What an auditor signs off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Word {
    /// The hash of the report that was read.
    report_hash: String,
    /// What the auditor found, and had done about it.
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
}

/// Signs off a month that is over, once an auditor. It is a conflict while the month goes on (`month_running`), and if the
/// report has changed since it was read (`report_changed`).
#[utoipa::path(post, path = "/reviews/{month}/sign-off", tag = "reviews", params(("month" = String, Path, description = "`YYYY-MM`, of UTC")), request_body = Word, responses((status = 204)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    auditor: SignedInCaller,
    month: web::Path<Month>,
    body: web::Json<Word>,
) -> Result<HttpResponse, Refusal> {
    let month = known(month.into_inner(), &shared).await?;
    if shared.now() < month.ends() {
        return Err(Refusal::because(ErrorCode::Conflict, ["month_running"]));
    }
    let note = body.note.trim();
    if note.is_empty() || note.chars().count() > NOTE_MOST {
        return Err(Refusal::because(ErrorCode::MessageMalformed, ["note"]));
    }
    let storage = &shared.exchange.storage;
    let report_hash = Report::of(month, storage).await?.hash()?;
    if body.report_hash != report_hash {
        return Err(Refusal::because(ErrorCode::Conflict, ["report_changed"]));
    }
    let event = auditor.caller.event(Action::ReviewSignedOff, shared.now());
    let mut writing = storage.writing().await?;
    writing.sign_off(month, &auditor.id, note, &report_hash, event).await?;
    writing.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
