//! `POST /api/v1/sign-out`: ends the sign-in, with its sockets and codes.

use actix_web::{HttpResponse, web};

use super::browser::Cookie;
use super::caller::SignedInCaller;
use super::{Refusal, Shared};

/// Ends the sign-in; a browser forgets its cookie.
#[utoipa::path(post, path = "/sign-out", tag = "own account", responses((status = 204)))]
pub(super) async fn post(shared: web::Data<Shared>, caller: SignedInCaller) -> Result<HttpResponse, Refusal> {
    shared.exchange.turn(|board, now, rng, out| board.signed_out(&caller.token, now, rng, out)).await?;
    let mut answer = HttpResponse::NoContent();
    if caller.cookie.is_some() {
        answer.insert_header(Cookie::clear());
    }
    Ok(answer.finish())
}
