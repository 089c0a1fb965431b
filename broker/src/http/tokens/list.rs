//! `GET /api/v1/tokens`.

use actix_web::web;

use super::super::{Refusal, Shared};
use super::TokenEntry;

/// All API tokens, also those that have ended, newest first.
#[utoipa::path(get, path = "/tokens", tag = "API tokens", responses((status = 200, body = [TokenEntry])))]
pub(in super::super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Vec<TokenEntry>>, Refusal> {
    let tokens = shared.exchange.storage.tokens().await?;
    Ok(web::Json(tokens.into_iter().map(TokenEntry::from).collect()))
}
