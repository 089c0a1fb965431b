//! `POST /api/v1/step-up`: the second factor again, before something sensitive. It holds for five minutes. A browser gets
//! another cookie with it, so that one that was seen before is worth nothing where more is allowed.

use actix_web::{HttpResponse, web};
use beside_broker_core::Trier;
use beside_protocol::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::browser::Cookie;
use super::caller::SignedInCaller;
use super::{Refusal, Shared};
use crate::audit::Action;
use crate::storage::second_factors::SecondFactorCheck;

/// The second factor.
#[derive(Deserialize, ToSchema, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(super) struct StepUp {
    /// The six digits of the authenticator, or a recovery code.
    #[schema(max_length = 64)]
    second_factor: String,
}

/// What the second factor gives.
#[derive(Serialize, ToSchema)]
pub(super) struct SteppedUp {
    /// Until when sensitive actions are allowed: Unix milliseconds, UTC.
    until: i64,
    /// With a cookie: what goes with the new one, in the place of what went with the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
}

/// Proves the second factor again; sensitive actions are allowed for five minutes. A cookie is replaced, and the one
/// before is worth nothing from then on.
#[utoipa::path(post, path = "/step-up", tag = "own account", request_body = StepUp, responses((status = 200, body = SteppedUp)))]
pub(super) async fn post(
    shared: web::Data<Shared>,
    caller: SignedInCaller,
    body: web::Json<StepUp>,
) -> Result<HttpResponse, Refusal> {
    let at = shared.now();
    let trier = Trier::new(&format!("step-up of {}", caller.id), caller.caller.address);
    shared.may_try(trier)?;
    match shared.exchange.storage.use_second_factor(&caller.id, &body.second_factor, at).await? {
        SecondFactorCheck::Right => {}
        SecondFactorCheck::Wrong => return Err(ErrorCode::SecondFactorRefused.into()),
        SecondFactorCheck::None => return Err(ErrorCode::SecondFactorMissing.into()),
    }
    shared.exchange.delay(|delay| delay.succeeded(trier));
    shared.log(caller.caller.event(Action::StepUp, at)).await?;
    let renewed = caller.cookie.map(|_| Cookie::fresh());
    let token = renewed.as_ref().map(Cookie::token);
    let until =
        shared.exchange.turn(|board, now, _, out| board.step_up(&caller.token, token.as_ref(), now, out)).await??;
    let mut answer = HttpResponse::Ok();
    if let Some(cookie) = &renewed {
        answer.insert_header(cookie.set());
    }
    Ok(answer.json(SteppedUp { until, csrf: renewed.as_ref().map(Cookie::csrf) }))
}
