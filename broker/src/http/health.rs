//! `GET /api/v1/health`: whether the broker can do its work.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Refusal, Shared};

/// The broker works.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    status: String,
}

/// Whether the broker can do its work.
#[utoipa::path(get, path = "/health", tag = "public", responses((status = 200, body = Health)))]
pub(super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Health>, Refusal> {
    shared.exchange.storage.ping().await?;
    Ok(web::Json(Health { status: "ok".to_owned() }))
}
