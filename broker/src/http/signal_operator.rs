//! `GET /api/v1/signal/operator`: the WebSocket of a manager, with the bearer token of its sign-in.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::SignedInCaller;
use super::{Refusal, Shared};
use crate::signalling::socket::{Kind, Upgrade};

/// Opens the WebSocket of a manager (docs/protocol-signalling.md).
#[utoipa::path(get, path = "/signal/operator", tag = "manager", responses((status = 101)))]
pub(super) async fn get(
    shared: web::Data<Shared>,
    operator: SignedInCaller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let upgrade = Upgrade::of_app(&request)?;
    let exchange = Arc::clone(&shared.exchange);
    let id = exchange.add_socket(Arc::clone(upgrade.outbox()))?;
    let (address, token) = (operator.caller.address, operator.token);
    let opened = exchange.turn(|board, now, rng, out| board.operator_opened(id, &token, address, now, rng, out)).await;
    match opened {
        Ok(Ok(())) => Ok(upgrade.open(exchange, id, Kind::Operator, payload)),
        Ok(Err(error)) => {
            exchange.remove_socket(id);
            Err(error.into())
        }
        Err(error) => {
            exchange.remove_socket(id);
            Err(error.into())
        }
    }
}
