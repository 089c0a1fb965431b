//! `GET /api/v1/blocks`.

use actix_web::web;

use super::super::{Refusal, Shared};
use crate::storage::blocks::BlockEntry;

/// The blocks that have not run out, newest first.
#[utoipa::path(get, path = "/blocks", tag = "blocks", responses((status = 200, body = [BlockEntry])))]
pub(in super::super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Vec<BlockEntry>>, Refusal> {
    Ok(web::Json(shared.exchange.storage.blocks(shared.now()).await?))
}
