//! `POST /api/v1/accounts`: invites a person. The answer has the one-time link, which is shown only now.

use actix_web::{HttpResponse, web};
use beside_broker_core::Account;
use beside_broker_core::name::PersonName;
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::link::{AccountLink, make};
use crate::audit::Action;
use crate::commands::new_id;
use crate::storage::accounts::NewAccount;
use crate::storage::links::LinkPurpose;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Invitation {
    /// The person's name: 1 to 64 bytes of composed Unicode without control or invisible characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// What the account may do.
    role: Role,
}

/// Invites a person.
#[utoipa::path(post, path = "/accounts", tag = "accounts", request_body = Invitation, responses((status = 201, body = AccountLink)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    caller: Caller,
    body: web::Json<Invitation>,
) -> Result<HttpResponse, Refusal> {
    let name = PersonName::parse(&body.name).ok_or(ErrorCode::MessageMalformed)?;
    let account = Account { id: new_id(), role: body.role };
    let at = shared.now();
    let mut writing = shared.exchange.storage.writing().await?;
    writing.add_account(NewAccount { account: &account, name: &name, password: None }, caller.actor(), at).await?;
    let event = caller.event(Action::AccountLinkMade, at);
    let link =
        make(&shared.public_url, &mut writing, &account.id, name.as_str(), LinkPurpose::Invitation, event).await?;
    writing.commit().await?;
    Ok(HttpResponse::Created().json(link))
}
