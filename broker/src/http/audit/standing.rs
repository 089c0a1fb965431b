//! `GET /api/v1/audit/standing`: how far the log can be held against its signatures.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{Refusal, Shared};
use crate::storage::{Storage, StorageError};

/// How far the log is signed and witnessed.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Verification {
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
    /// As it stands at this moment.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub(in super::super) async fn now(storage: &Storage) -> Result<Self, StorageError> {
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

/// How far the log is signed and witnessed now; `audit verify` says whether it is sound.
#[utoipa::path(get, path = "/audit/standing", tag = "audit", responses((status = 200, body = Verification)))]
pub(in super::super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Verification>, Refusal> {
    Ok(web::Json(Verification::now(&shared.exchange.storage).await?))
}
