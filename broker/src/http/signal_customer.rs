//! `GET /api/v1/signal/customer`: the WebSocket of a customer's app. Nobody has to be known to open it; what it may do
//! the code decides, and later the token of the knock.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::caller::Place;
use super::{Refusal, Shared};
use crate::signalling::socket::{Kind, Upgrade};

/// Opens the WebSocket of a customer's app (docs/protocol-signalling.md).
#[utoipa::path(get, path = "/signal/customer", tag = "public", responses((status = 101)))]
pub(super) async fn get(
    shared: web::Data<Shared>,
    place: Place,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let upgrade = Upgrade::of_app(&request)?;
    let exchange = Arc::clone(&shared.exchange);
    let id = exchange.add_socket(Arc::clone(upgrade.outbox()))?;
    let address = place.0;
    let opened = exchange.turn(|board, now, _, _| board.customer_opened(id, address, now)).await?;
    if let Err(error) = opened {
        exchange.remove_socket(id);
        return Err(error.into());
    }
    Ok(upgrade.open(exchange, id, Kind::Customer, payload))
}
