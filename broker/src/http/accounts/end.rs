//! `POST /api/v1/accounts/{account}/end`: ends an account for good, with its sign-ins, codes, sockets and sessions, at
//! once. An operator's certificate ends with the next status statement.

use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::{find_alive, keep_an_administrator};
use crate::audit::Action;

/// Ends an account.
#[utoipa::path(post, path = "/accounts/{account}/end", tag = "accounts", params(("account" = String, Path)), responses((status = 204)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    caller: Caller,
    id: web::Path<OperatorId>,
) -> Result<HttpResponse, Refusal> {
    let found = find_alive(&shared, &id).await?;
    let mut writing = shared.exchange.storage.writing().await?;
    keep_an_administrator(&writing, &found).await?;
    writing.end_account(&id, caller.event(Action::AccountEnded, shared.now())).await?;
    writing.commit().await?;
    shared.exchange.shut_out(&id, ErrorCode::SignedOut).await?;
    Ok(HttpResponse::NoContent().finish())
}
