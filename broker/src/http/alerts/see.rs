//! `POST /api/v1/alerts/{alert}/seen`.

use actix_web::{HttpResponse, web};
use beside_audit::Id;
use beside_protocol::ErrorCode;

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};
use crate::audit::Action;

/// Says that the caller has seen an alert. One that was seen before stays the one's who saw it first.
#[utoipa::path(post, path = "/alerts/{alert}/seen", tag = "alerts", params(("alert" = String, Path)), responses((status = 204)))]
pub(in super::super) async fn post(
    shared: web::Data<Shared>,
    by: SignedInCaller,
    id: web::Path<Id>,
) -> Result<HttpResponse, Refusal> {
    let mut writing = shared.exchange.storage.writing().await?;
    let event = by.caller.event(Action::AlertSeen, shared.now());
    match writing.see_alert(id.as_str(), by.id.as_str(), event).await? {
        Some(true) => writing.commit().await?,
        Some(false) => {}
        None => return Err(ErrorCode::NotFound.into()),
    }
    Ok(HttpResponse::NoContent().finish())
}
