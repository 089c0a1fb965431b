//! `DELETE /api/v1/groups/{group}`.

use actix_web::{HttpResponse, web};

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::find;
use crate::audit::Action;

/// Deletes a group with its memberships and addresses. The accounts stay.
#[utoipa::path(delete, path = "/groups/{group}", tag = "groups", params(("group" = String, Path)), responses((status = 204)))]
pub(in super::super) async fn delete(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    find(&shared, &id).await?;
    let mut writing = shared.exchange.storage.writing().await?;
    writing.delete_group(&id, caller.event(Action::GroupDeleted, shared.now())).await?;
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::NoContent().finish())
}
