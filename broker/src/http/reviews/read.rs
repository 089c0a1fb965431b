//! `GET /api/v1/reviews/{month}`. Reading it is logged, as reading the log is.

use actix_web::web;
use beside_broker_core::month::Month;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::report::Report;
use super::{ReviewEntry, known};
use crate::storage::{Storage, StorageError};

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

/// How far the log is signed and witnessed.
#[derive(Debug, Serialize, ToSchema)]
struct Verification {
    /// Rows that were ever written.
    rows: u64,
    /// Of them, those that the newest checkpoint covers.
    signed: u64,
    /// Since when there are rows that none covers. More than a minute ago means that somebody has to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    unsigned_since: Option<u64>,
    /// What witnesses cosigned last.
    witnesses: Vec<WitnessEntry>,
}

/// A witness.
#[derive(Debug, Serialize, ToSchema)]
struct WitnessEntry {
    /// The name of its key.
    witness: String,
    /// Rows that it has.
    rows: u64,
    /// When it cosigned last.
    at: i64,
}

impl Verification {
    async fn now(storage: &Storage) -> Result<Self, StorageError> {
        let unsigned = storage.unsigned().await?;
        let signed = storage.newest_checkpoint().await?.map_or(0, |checkpoint| checkpoint.size);
        let witnesses = storage.standings().await?.into_iter();
        let witnesses = witnesses.map(|(witness, standing, at)| WitnessEntry { witness, rows: standing.size, at });
        Ok(Self {
            rows: signed + unsigned.map_or(0, |unsigned| unsigned.rows),
            signed,
            unsigned_since: unsigned.map(|unsigned| unsigned.since),
            witnesses: witnesses.collect(),
        })
    }
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
