//! `DELETE /api/v1/groups/{group}`.

use actix_web::{HttpResponse, web};

use super::super::addresses::{Confirmation, keep_the_maker_in};
use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::find;
use crate::audit::Action;

/// Deletes a group with its memberships and addresses. The accounts stay.
#[utoipa::path(delete, path = "/groups/{group}", tag = "groups", params(("group" = String, Path), Confirmation), responses((status = 204)))]
pub(in super::super) async fn delete(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<String>,
    asked: web::Query<Confirmation>,
) -> Result<HttpResponse, Refusal> {
    find(&shared, &id).await?;
    keep_the_maker_in(&shared, &caller, asked.confirmed, |rules| {
        rules.groups.remove(id.as_str());
    })
    .await?;
    let mut writing = shared.exchange.storage.writing().await?;
    writing.delete_group(&id, caller.event(Action::GroupDeleted, shared.now())).await?;
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::NoContent().finish())
}
