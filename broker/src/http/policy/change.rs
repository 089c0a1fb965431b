//! `PUT /api/v1/policy`.

use actix_web::web;
use beside_protocol::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::addresses::keep_the_maker_in;
use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use crate::audit::Action;
use crate::storage::settings::Policy;

/// The policy as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct NewPolicy {
    /// All of it; what is left out has its default.
    policy: Policy,
    /// Whether to do it even if its maker could then no longer sign in from here.
    #[serde(default)]
    confirmed: bool,
}

/// Changes the policy.
#[utoipa::path(put, path = "/policy", tag = "policy", request_body = NewPolicy, responses((status = 200, body = Policy)))]
pub(in super::super) async fn put(
    shared: web::Data<Shared>,
    caller: Caller,
    body: web::Json<NewPolicy>,
) -> Result<web::Json<Policy>, Refusal> {
    let NewPolicy { policy, confirmed } = body.into_inner();
    policy.check().map_err(|field| Refusal::because(ErrorCode::MessageMalformed, [field]))?;
    keep_the_maker_in(&shared, &caller, confirmed, |rules| rules.policy = policy.clone()).await?;
    let mut writing = shared.exchange.storage.writing().await?;
    writing.set_policy(&policy, caller.event(Action::PolicyChanged, shared.now())).await?;
    writing.commit().await?;
    shared.refresh_rules().await?;
    Ok(web::Json(policy))
}
