//! `GET /api/v1/own`: who one is.

use actix_web::web;
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::browser::Cookie;
use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct OwnAccount {
    /// Its id.
    id: String,
    /// The name.
    name: String,
    /// The role.
    role: Role,
    /// Whether there is a second factor.
    second_factor: bool,
    /// How many recovery codes are left.
    recovery_codes: u64,
    /// With a cookie: what every request but GET has to carry in the header `beside-csrf`.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
    /// Until when sensitive actions are allowed, since the second factor was given again: Unix milliseconds, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    stepped_up_until: Option<i64>,
}

/// One's own account.
#[utoipa::path(get, path = "/own", tag = "own account", responses((status = 200, body = OwnAccount)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: SignedInCaller,
) -> Result<web::Json<OwnAccount>, Refusal> {
    let storage = &shared.exchange.storage;
    let account = storage.account_of_id(&caller.id).await?.ok_or(ErrorCode::SignedOut)?;
    Ok(web::Json(OwnAccount {
        id: caller.id.to_string(),
        name: account.name,
        role: account.account.role,
        second_factor: account.second_factor,
        recovery_codes: storage.recovery_codes_left(&caller.id).await?,
        csrf: caller.cookie.as_ref().map(Cookie::csrf),
        stepped_up_until: caller.stepped_up_until,
    }))
}
