//! `POST /api/v1/groups`.

use actix_web::{HttpResponse, web};

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::{GroupEntry, GroupName};
use crate::audit::Action;
use crate::commands::fresh_id;

/// Makes a group.
#[utoipa::path(post, path = "/groups", tag = "groups", request_body = GroupName, responses((status = 201, body = GroupEntry)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    caller: Caller,
    body: web::Json<GroupName>,
) -> Result<HttpResponse, Refusal> {
    let name = body.parse()?.as_str().to_owned();
    let id = fresh_id('g');
    let mut writing = shared.exchange.storage.writing().await?;
    writing.add_group(&id, &name, caller.event(Action::GroupCreated, shared.now())).await?;
    writing.commit().await?;
    Ok(HttpResponse::Created().json(GroupEntry { id, name, members: Vec::new() }))
}
