//! `POST /api/v1/sign-out`: ends the sign-in of the bearer token, with its socket and codes.

use actix_web::{HttpResponse, post, web};

use super::bearer::AnyBearer;
use super::{Refusal, Shared};

#[post("/sign-out")]
pub(super) async fn post(shared: web::Data<Shared>, bearer: AnyBearer) -> Result<HttpResponse, Refusal> {
    shared.exchange.turn(|board, now, rng, out| board.signed_out(&bearer.token, now, rng, out)).await?;
    Ok(HttpResponse::NoContent().finish())
}
