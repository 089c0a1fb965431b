//! `POST /api/v1/step-up`: the second factor again, before something sensitive. It holds for five minutes.

use actix_web::{HttpResponse, web};
use beside_broker_core::Trier;
use beside_protocol::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::{Zeroize, ZeroizeOnDrop};

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

/// Proves the second factor again; sensitive actions are allowed for five minutes.
#[utoipa::path(post, path = "/step-up", tag = "own account", request_body = StepUp, responses((status = 204)))]
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
    shared.exchange.turn(|board, now, _, out| board.step_up(&caller.token, None, now, out)).await??;
    Ok(HttpResponse::NoContent().finish())
}
