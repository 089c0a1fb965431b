//! `GET /api/v1/policy`.

use actix_web::web;

use super::super::{Refusal, Shared};
use crate::storage::settings::Policy;

/// The policy.
#[utoipa::path(get, path = "/policy", tag = "policy", responses((status = 200, body = Policy)))]
pub(in super::super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Policy>, Refusal> {
    Ok(web::Json(shared.exchange.storage.policy().await?))
}
