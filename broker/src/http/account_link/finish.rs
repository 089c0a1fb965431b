//! `POST /api/v1/account-link/finish`: sets password and second factor, and uses the link up. Whoever was signed in with
//! the account is signed out.

use actix_web::web;
use beside_broker_core::Trier;
use beside_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::caller::Place;
use super::super::{Refusal, Shared};
use super::{SecondFactorStep, find};
use crate::audit::Actor;
use crate::clock::random;
use crate::storage::second_factors::SecondFactorCheck;

/// What the person chose.
#[derive(Deserialize, ToSchema, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct FinishLink {
    /// The token in the link.
    token: String,
    /// The password.
    password: String,
    /// The code of the second factor, new or kept; null for none, where that is possible.
    second_factor: Option<String>,
}

/// The account is ready.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct FinishedLink {
    /// What stands in for a new second factor, each once. They are shown only now.
    recovery_codes: Vec<String>,
}

/// Uses a link up.
#[utoipa::path(post, path = "/account-link/finish", tag = "account link", request_body = FinishLink, responses((status = 200, body = FinishedLink)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    place: Place,
    body: web::Json<FinishLink>,
) -> Result<web::Json<FinishedLink>, Refusal> {
    let (token, link, account) = find(&shared, &body.token, place.0).await?;
    let reasons = shared.judge(&body.password, &account.name).await?;
    if !reasons.is_empty() {
        return Err(Refusal::password(&reasons));
    }
    let id = &account.account.id;
    let trier = Trier::new(&format!("link of {id}"), place.0);
    shared.may_try(trier)?;
    let hash = shared.hash(&body.password).await?;
    let at = shared.now();
    let actor = Actor::Account(id.clone());
    let mut writing = shared.exchange.storage.writing().await?;
    if !writing.use_link(&token, id, at).await? || !writing.set_password(id, &hash, actor.clone(), at).await? {
        return Err(ErrorCode::LinkInvalid.into());
    }
    let codes = match (SecondFactorStep::of(&link, &account, &shared), body.second_factor.as_deref()) {
        (SecondFactorStep::Kept, typed) => {
            let typed = typed.ok_or(ErrorCode::SecondFactorRefused)?;
            if writing.use_second_factor(id, typed, at).await? != SecondFactorCheck::Right {
                return Err(ErrorCode::SecondFactorRefused.into());
            }
            Vec::new()
        }
        (SecondFactorStep::Needed, None) => return Err(ErrorCode::SecondFactorRefused.into()),
        (SecondFactorStep::Possible, None) => Vec::new(),
        (SecondFactorStep::Needed | SecondFactorStep::Possible, Some(typed)) => {
            let seconds = u64::try_from(at / 1_000).unwrap_or(0);
            let used = link.factor.check(typed, None, seconds).ok_or(ErrorCode::SecondFactorRefused)?;
            writing.set_second_factor(id, &link.factor, Some(used), actor, at, &mut random()).await?
        }
    };
    writing.commit().await?;
    shared.exchange.delay(|delay| delay.succeeded(trier));
    shared.exchange.shut_out(id, ErrorCode::SignedOut).await?;
    Ok(web::Json(FinishedLink { recovery_codes: codes.iter().map(|code| code.as_str().to_owned()).collect() }))
}
