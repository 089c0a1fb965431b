//! `PATCH /api/v1/accounts/{account}`: another name or role. Who is signed in with another role is signed out.

use actix_web::web;
use beside_broker_core::name::PersonName;
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::{AccountEntry, find, find_alive, keep_an_administrator};
use crate::audit::Action;

/// What to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Change {
    /// The person's name.
    #[schema(min_length = 1, max_length = 64)]
    name: Option<String>,
    /// What the account may do.
    role: Option<Role>,
}

/// Changes name or role.
#[utoipa::path(patch, path = "/accounts/{account}", tag = "accounts", params(("account" = String, Path)), request_body = Change, responses((status = 200, body = AccountEntry)))]
pub(in super::super) async fn patch(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<OperatorId>,
    body: web::Json<Change>,
) -> Result<web::Json<AccountEntry>, Refusal> {
    let found = find_alive(&shared, &id).await?;
    let role = body.role.unwrap_or(found.account.role);
    let name = PersonName::parse(body.name.as_deref().unwrap_or(&found.name)).ok_or(ErrorCode::MessageMalformed)?;
    let event = caller.event(Action::AccountChanged, shared.now());
    let mut writing = shared.exchange.storage.writing().await?;
    if role != Role::Administrator {
        keep_an_administrator(&writing, &found).await?;
    }
    writing.change_account(&id, &name, role, event).await?;
    writing.commit().await?;
    if role != found.account.role {
        shared.exchange.shut_out(&id, ErrorCode::SignedOut).await?;
    }
    Ok(web::Json(find(&shared, &id).await?.into()))
}
