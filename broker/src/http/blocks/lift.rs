//! `DELETE /api/v1/blocks/{block}`.

use actix_web::{HttpResponse, web};
use beside_audit::Id;
use beside_protocol::ErrorCode;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use crate::audit::Action;

/// Lifts a block before its time.
#[utoipa::path(delete, path = "/blocks/{block}", tag = "blocks", params(("block" = String, Path)), responses((status = 204)))]
pub(in super::super) async fn delete(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<Id>,
) -> Result<HttpResponse, Refusal> {
    let mut writing = shared.exchange.storage.writing().await?;
    if !writing.lift_block(id.as_str(), caller.event(Action::BlockLifted, shared.now())).await? {
        return Err(ErrorCode::NotFound.into());
    }
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::NoContent().finish())
}
