//! `GET /api/v1/own/tags`: what an operator is offered to tag a session with.

use actix_web::web;
use beside_protocol::afterwards::Tags;

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};

/// Tags that are offered, at most.
const OFFERED: usize = 60;

/// The tags of the house, in the policy's order, then those that one gave lately.
#[utoipa::path(get, path = "/own/tags", tag = "own account", responses((status = 200, body = Tags)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    operator: SignedInCaller,
) -> Result<web::Json<Tags>, Refusal> {
    let mut tags = shared.rules().policy.tags.clone();
    for tag in shared.exchange.storage.latest_tags(operator.id.as_str()).await? {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.truncate(OFFERED);
    Ok(web::Json(Tags { tags }))
}
