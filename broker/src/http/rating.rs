//! `POST /api/v1/rating`: the customer's two taps.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use beside_broker_core::{TokenHash, Trier};
use beside_protocol::ErrorCode;
use beside_protocol::afterwards::Rate;

use super::caller::Place;
use super::{Refusal, Shared};
use crate::audit::{Action, Actor, Event};

/// For how long after its end a session can be rated.
const RATABLE_FOR: Duration = Duration::from_secs(3_600);

/// Rates a session that an operator let in, until an hour after its end; the last rating counts. Whoever changes it again
/// and again has to wait ever longer.
#[utoipa::path(post, path = "/rating", tag = "public", request_body = Rate, responses((status = 204)))]
pub(super) async fn post(
    shared: web::Data<Shared>,
    place: Place,
    body: web::Json<Rate>,
) -> Result<HttpResponse, Refusal> {
    let Rate { sid, token, rating } = body.into_inner();
    let (sid, at) = (sid.to_text(), shared.now());
    let storage = &shared.exchange.storage;
    let ratable = storage.ratable(&sid).await?.ok_or(ErrorCode::NotFound)?;
    // The end itself may still be on its way.
    let since = at - ratable.ended_at.unwrap_or(at);
    let late = since > i64::try_from(RATABLE_FOR.as_millis()).unwrap_or(i64::MAX);
    // Hashes: how long it takes to compare them tells nothing of what would fit.
    if late || ratable.token != TokenHash::from(&token) {
        return Err(ErrorCode::NotFound.into());
    }
    shared.may_try(Trier::new(&format!("rating of {sid}"), place.0))?;
    let mut writing = storage.writing().await?;
    writing.rate(&sid, rating, Event::new(Action::SessionRated, Actor::Customer, at).from(place.0)).await?;
    writing.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
