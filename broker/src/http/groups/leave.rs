//! `DELETE /api/v1/groups/{group}/members/{account}`.

use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;

use super::super::addresses::{Confirmation, keep_the_maker_in};
use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::find;
use crate::audit::Action;

/// Takes an account out of a group.
#[utoipa::path(delete, path = "/groups/{group}/members/{account}", tag = "groups", params(("group" = String, Path), ("account" = String, Path), Confirmation), responses((status = 204)))]
pub(in super::super) async fn delete(
    shared: web::Data<Shared>,
    caller: Caller,
    path: web::Path<(String, OperatorId)>,
    asked: web::Query<Confirmation>,
) -> Result<HttpResponse, Refusal> {
    let (group, account) = path.into_inner();
    find(&shared, &group).await?;
    keep_the_maker_in(&shared, &caller, asked.confirmed, |rules| {
        if let Some(groups) = rules.memberships.get_mut(&account) {
            groups.remove(&group);
        }
    })
    .await?;
    let mut writing = shared.exchange.storage.writing().await?;
    if !writing.leave_group(&group, &account, caller.event(Action::GroupLeft, shared.now())).await? {
        return Err(ErrorCode::NotFound.into());
    }
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(HttpResponse::NoContent().finish())
}
