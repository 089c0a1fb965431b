//! `GET /api/v1/groups`: all of them; a supervisor's own.

use actix_web::web;
use beside_protocol::api::Role;

use super::super::caller::{Caller, Identity};
use super::super::{Refusal, Shared};
use super::GroupEntry;

/// The groups.
#[utoipa::path(get, path = "/groups", tag = "groups", responses((status = 200, body = [GroupEntry])))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
) -> Result<web::Json<Vec<GroupEntry>>, Refusal> {
    let mut groups = shared.exchange.storage.groups().await?;
    if let Identity::SignIn { id, role: Role::Supervisor, .. } = &caller.identity {
        groups.retain(|group| group.members.iter().any(|member| member == id.as_str()));
    }
    Ok(web::Json(groups.into_iter().map(GroupEntry::from).collect()))
}
