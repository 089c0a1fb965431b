//! `PATCH /api/v1/groups/{group}`.

use actix_web::web;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::{GroupEntry, GroupName, find};
use crate::audit::Action;

/// Renames a group.
#[utoipa::path(patch, path = "/groups/{group}", tag = "groups", params(("group" = String, Path)), request_body = GroupName, responses((status = 200, body = GroupEntry)))]
pub(in super::super) async fn patch(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<GroupName>,
) -> Result<web::Json<GroupEntry>, Refusal> {
    let name = body.parse()?;
    let found = find(&shared, &id).await?;
    let mut writing = shared.exchange.storage.writing().await?;
    writing.rename_group(&id, name.as_str(), caller.event(Action::GroupChanged, shared.now())).await?;
    writing.commit().await?;
    Ok(web::Json(GroupEntry { name: name.as_str().to_owned(), ..found.into() }))
}
