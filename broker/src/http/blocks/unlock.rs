//! `POST /api/v1/unlock`: lifts what the defence of the sign-in has shut by itself.

use std::net::IpAddr;

use actix_web::{HttpResponse, web};
use beside_broker_core::{Address, NameHash};
use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::{Refusal, Shared, accounts};
use crate::audit::Action;
use crate::audit::event::RANGE;
use crate::storage::accounts::name_key;

/// What to open; either an account or an address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct ToUnlock {
    /// The id of an account whose name failed too often.
    #[schema(value_type = Option<String>)]
    account: Option<OperatorId>,
    /// An address from which too many names failed.
    #[schema(value_type = Option<String>, max_length = 64)]
    address: Option<IpAddr>,
}

/// Opens a name or an address that was shut after too many failures, and forgets these.
#[utoipa::path(post, path = "/unlock", tag = "blocks", request_body = ToUnlock, responses((status = 204)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    caller: Caller,
    body: web::Json<ToUnlock>,
) -> Result<HttpResponse, Refusal> {
    let event = caller.event(Action::AccountUnlocked, shared.now());
    let event = match body.into_inner() {
        ToUnlock { account: Some(id), address: None } => {
            let found = accounts::find_alive(&shared, &id).await?;
            shared.exchange.defence(|defence| defence.unlock(NameHash::of(&name_key(&found.name))));
            event.about(id.to_string())
        }
        ToUnlock { account: None, address: Some(address) } => {
            let address = Address::from(address);
            shared.exchange.defence(|defence| defence.unblock(address.place()));
            event.personal(RANGE, address.to_string())
        }
        ToUnlock { .. } => return Err(ErrorCode::MessageMalformed.into()),
    };
    shared.log(event).await?;
    Ok(HttpResponse::NoContent().finish())
}
