//! `POST /api/v1/alerts/trial`.

use actix_web::{HttpResponse, web};
use beside_broker_core::Observation;
use beside_protocol::ErrorCode;

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};

/// Raises an alert that says that it is a trial, and goes every way that alerts go. Refused with the reason `no_outlets`
/// where there is none.
#[utoipa::path(post, path = "/alerts/trial", tag = "alerts", responses((status = 202)))]
pub(in super::super) async fn post(shared: web::Data<Shared>, by: SignedInCaller) -> Result<HttpResponse, Refusal> {
    if shared.ways.is_empty() {
        return Err(Refusal::because(ErrorCode::Conflict, ["no_outlets"]));
    }
    shared.exchange.observe(Observation::Tried { account: by.id });
    Ok(HttpResponse::Accepted().finish())
}
