//! `POST /api/v1/sign-out`: ends the sign-in of the bearer token, with its socket and codes.

use actix_web::{HttpResponse, web};

use super::caller::SignedInCaller;
use super::{Refusal, Shared};

/// Ends the sign-in.
#[utoipa::path(post, path = "/sign-out", tag = "own account", responses((status = 204)))]
pub(super) async fn post(shared: web::Data<Shared>, caller: SignedInCaller) -> Result<HttpResponse, Refusal> {
    shared.exchange.turn(|board, now, rng, out| board.signed_out(&caller.token, now, rng, out)).await?;
    Ok(HttpResponse::NoContent().finish())
}
