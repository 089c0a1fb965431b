//! `PUT /api/v1/groups/{group}/members/{account}`.

use actix_web::{HttpResponse, web};
use beside_protocol::ids::OperatorId;

use super::super::accounts::find_alive;
use super::super::addresses::{Confirmation, keep_the_maker_in};
use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::find;
use crate::audit::Action;

/// Makes an account a member; nothing happens if it is one.
#[utoipa::path(put, path = "/groups/{group}/members/{account}", tag = "groups", params(("group" = String, Path), ("account" = String, Path), Confirmation), responses((status = 204)))]
pub(in super::super) async fn put(
    shared: web::Data<Shared>,
    caller: Caller,
    path: web::Path<(String, OperatorId)>,
    asked: web::Query<Confirmation>,
) -> Result<HttpResponse, Refusal> {
    let (group, account) = path.into_inner();
    let found = find(&shared, &group).await?;
    find_alive(&shared, &account).await?;
    if !found.members.iter().any(|member| member == account.as_str()) {
        keep_the_maker_in(&shared, &caller, asked.confirmed, |rules| {
            rules.memberships.entry(account.clone()).or_default().insert(group.clone());
        })
        .await?;
        let mut writing = shared.exchange.storage.writing().await?;
        writing.join_group(&group, &account, caller.event(Action::GroupJoined, shared.now())).await?;
        writing.commit().await?;
        shared.refresh_rules().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
