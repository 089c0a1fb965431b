//! `GET /api/v1/reviews/{month}`. Reading it is logged, as reading the log is.

use actix_web::web;
use beside_broker_core::month::Month;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::audit::standing::Verification;
use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::report::Report;
use super::{ReviewEntry, known};

/// A month's review. All times are Unix milliseconds, UTC.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Review {
    /// How it stands.
    review: ReviewEntry,
    /// What it is of.
    report: Report,
    /// SHA-256 of the report, hex: a sign-off names it.
    report_hash: String,
    /// How far the log is signed and witnessed now; `audit verify` says whether it is sound.
    verification: Verification,
}

/// What an access review of a month is made of, and how it stands.
#[utoipa::path(get, path = "/reviews/{month}", tag = "reviews", params(("month" = String, Path, description = "`YYYY-MM`, of UTC")), responses((status = 200, body = Review)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    month: web::Path<Month>,
) -> Result<web::Json<Review>, Refusal> {
    let month = known(month.into_inner(), &shared).await?;
    let storage = &shared.exchange.storage;
    let report = Report::of(month, storage).await?;
    let sign_offs = storage.sign_offs(Some(month)).await?.remove(&month.to_string()).unwrap_or_default();
    let rows = report.rows();
    let answer = Review {
        review: ReviewEntry::new(month, sign_offs, shared.now()),
        report_hash: report.hash()?,
        report,
        verification: Verification::now(storage).await?,
    };
    caller.has_read(rows, [("what", "review"), ("month", &month.to_string())], &shared).await?;
    Ok(web::Json(answer))
}
