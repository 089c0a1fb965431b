//! `POST /api/v1/live/ticket`: what opens the socket of [`socket`](super::socket).

use actix_web::{HttpResponse, web};
use beside_protocol::ids::Token;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};

/// A ticket.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct Ticket {
    /// 256 random bits, base64url.
    #[schema(value_type = String)]
    ticket: Token,
}

/// Gives a ticket for one socket that is told what goes on. It is good once, for 30 seconds, from the same address.
#[utoipa::path(post, path = "/live/ticket", tag = "statistics", responses((status = 201, body = Ticket)))]
pub(in super::super) async fn post(shared: web::Data<Shared>, caller: SignedInCaller) -> Result<HttpResponse, Refusal> {
    let address = caller.caller.address;
    let ticket = shared.exchange.turn(|board, now, rng, _| board.ticket(&caller.token, address, now, rng)).await??;
    Ok(HttpResponse::Created().json(Ticket { ticket }))
}
