//! `GET /api/v1/live/socket`: the WebSocket of a console, which is told what `GET /api/v1/live` answers as it changes.
//! Nothing is said on it from the other side.

use std::str::FromStr as _;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use beside_broker_core::{Account, Address, SignInId};
use beside_protocol::ErrorCode;
use beside_protocol::ids::Token;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::browser::is_opened_by_own_page;
use super::super::caller::Place;
use super::super::{Refusal, Shared};
use super::wall;
use crate::signalling::socket::{Kind, Upgrade};

/// What opens the socket.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct Asked {
    /// From `POST /live/ticket`.
    ticket: String,
}

/// Opens a WebSocket that sends what `GET /live` answers, at once and then as it changes, once a second at most. It needs
/// the console's own Origin, and ends with the sign-in.
#[utoipa::path(get, path = "/live/socket", tag = "statistics", params(Asked), responses((status = 101)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    place: Place,
    asked: web::Query<Asked>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let upgrade = Upgrade::of_browser(&request)?;
    is_opened_by_own_page(request.head())?;
    let ticket = Token::from_str(&asked.ticket).map_err(|_| ErrorCode::Forbidden)?;
    let address = place.0;
    let redeemed = shared.exchange.turn(|board, now, _, _| board.redeem(&ticket, address, now)).await?;
    let (sign_in, account) = redeemed.ok_or(ErrorCode::Forbidden)?;
    shared.rules().admits(&account.id, address, shared.now())?;
    // In a task of its own, which ends also if the browser hangs up meanwhile, so that no half of a socket stays behind.
    let opened = actix_web::rt::spawn(open(shared, upgrade, payload, sign_in, account, address));
    opened.await.map_err(|_| ErrorCode::Internal)?
}

async fn open(
    shared: web::Data<Shared>,
    upgrade: Upgrade,
    payload: web::Payload,
    sign_in: SignInId,
    account: Account,
    address: Address,
) -> Result<HttpResponse, Refusal> {
    let exchange = Arc::clone(&shared.exchange);
    let id = exchange.add_socket(Arc::clone(upgrade.outbox()))?;
    if let Err(refusal) = wall::begin(&shared, id, sign_in, &account, address, upgrade.outbox()).await {
        // It looks on no more also if something else can't be written down just now.
        let _ = exchange.turn(|board, now, _, out| board.closed(id, now, out)).await;
        exchange.remove_socket(id);
        return Err(refusal);
    }
    Ok(upgrade.open(exchange, id, Kind::Console, payload))
}
