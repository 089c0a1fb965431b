//! `GET /api/v1/signal/customer`: the WebSocket of a customer's app. Nobody has to be known to open it; what it may do
//! the code decides, and later the token of the knock.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{Refusal, Shared};
use crate::signalling::socket::{Kind, Upgrade};

#[get("/signal/customer")]
pub(super) async fn get(
    shared: web::Data<Shared>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let upgrade = Upgrade::check(&request)?;
    let exchange = Arc::clone(&shared.exchange);
    let id = exchange.add_socket(Arc::clone(upgrade.outbox()));
    let address = upgrade.address;
    let opened = exchange.turn(|board, now, _, _| board.customer_opened(id, address, now)).await?;
    if let Err(error) = opened {
        exchange.remove_socket(id);
        return Err(error.into());
    }
    Ok(upgrade.open(exchange, id, Kind::Customer, payload))
}
