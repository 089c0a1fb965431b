//! `DELETE /api/v1/tokens/{token}`.

use actix_web::{HttpResponse, web};
use beside_audit::Id;
use beside_protocol::ErrorCode;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use crate::audit::Action;

/// Revokes an API token, at once.
#[utoipa::path(delete, path = "/tokens/{token}", tag = "API tokens", params(("token" = String, Path)), responses((status = 204)))]
pub(in super::super) async fn delete(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<Id>,
) -> Result<HttpResponse, Refusal> {
    let mut writing = shared.exchange.storage.writing().await?;
    if !writing.revoke_token(id.as_str(), caller.event(Action::TokenRevoked, shared.now())).await? {
        return Err(ErrorCode::NotFound.into());
    }
    writing.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
