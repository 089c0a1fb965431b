//! `GET /api/v1/credential`: the signed-in operator's own statement and the newest status.

use actix_web::web;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_identity::Kind;
use beside_protocol::api::Credential;

use super::caller::SignedInCaller;
use super::{Refusal, Shared};

/// The operator's own certificate and the newest status of the organisation.
#[utoipa::path(get, path = "/credential", tag = "manager", responses((status = 200, body = Credential)))]
pub(super) async fn get(shared: web::Data<Shared>, operator: SignedInCaller) -> Result<web::Json<Credential>, Refusal> {
    let storage = &shared.exchange.storage;
    let own = storage.newest_statement(Kind::Operator, Some(&operator.id)).await?;
    let status = storage.newest_statement(Kind::Status, None).await?;
    let text = |(_, bytes): (_, Vec<u8>)| STANDARD.encode(bytes);
    Ok(web::Json(Credential { operator: own.map(text), status: status.map(text) }))
}
