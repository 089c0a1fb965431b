//! `POST /api/v1/own/password`: another password, with the one that it takes the place of.

use actix_web::{HttpResponse, web};
use beside_broker_core::Trier;
use beside_protocol::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};

/// The change.
#[derive(Deserialize, ToSchema, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct ChangePassword {
    /// The password as it is.
    old: String,
    /// The password as it shall be.
    new: String,
}

/// Changes one's own password. Every other sign-in of the account ends.
#[utoipa::path(post, path = "/own/password", tag = "own account", request_body = ChangePassword, responses((status = 204)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    caller: SignedInCaller,
    body: web::Json<ChangePassword>,
) -> Result<HttpResponse, Refusal> {
    let storage = &shared.exchange.storage;
    let account = storage.account_of_id(&caller.id).await?.ok_or(ErrorCode::SignedOut)?;
    let trier = Trier::new(&format!("password of {}", caller.id), caller.caller.address);
    shared.may_try(trier)?;
    let slot = shared.hashing.slot()?;
    let stored = account.password.map(|hash| hash.as_str().to_owned());
    if !shared.hashing.verify(&slot, Zeroizing::new(body.old.clone()), stored).await? {
        return Err(ErrorCode::SignInRefused.into());
    }
    drop(slot);
    shared.exchange.delay(|delay| delay.succeeded(trier));
    let reasons = shared.judge(&body.new, &account.name).await?;
    if !reasons.is_empty() {
        return Err(Refusal::password(&reasons));
    }
    let hash = shared.hash(&body.new).await?;
    let mut writing = storage.writing().await?;
    if !writing.set_password(&caller.id, &hash, caller.caller.actor(), shared.now()).await? {
        return Err(ErrorCode::SignedOut.into());
    }
    writing.commit().await?;
    let token = &caller.token;
    let others = ErrorCode::SignedOut;
    shared.exchange.turn(|board, now, rng, out| board.shut_out_others(token, others, now, rng, out)).await?;
    Ok(HttpResponse::NoContent().finish())
}
