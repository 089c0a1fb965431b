//! `PUT /api/v1/own/sessions/{session}/note`: what an operator says of an own session.

use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;
use beside_protocol::afterwards::Note;
use beside_protocol::ids::SessionId;

use super::super::caller::SignedInCaller;
use super::super::{Refusal, Shared};
use crate::audit::Action;

/// Says what came of an own session, in the place of what was said before.
#[utoipa::path(put, path = "/own/sessions/{session}/note", tag = "own account", params(("session" = String, Path)), request_body = Note, responses((status = 204)))]
pub(in super::super) async fn put(
    shared: web::Data<Shared>,
    operator: SignedInCaller,
    sid: web::Path<SessionId>,
    body: web::Json<Note>,
) -> Result<HttpResponse, Refusal> {
    let note = body.into_inner().tidied();
    let note = note.map_err(|fault| Refusal::because(ErrorCode::MessageMalformed, [fault.as_str()]))?;
    let event = operator.caller.event(Action::SessionNoted, shared.now());
    let mut writing = shared.exchange.storage.writing().await?;
    if !writing.note(&sid.to_text(), operator.id.as_str(), &note, event).await? {
        return Err(ErrorCode::NotFound.into());
    }
    writing.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
