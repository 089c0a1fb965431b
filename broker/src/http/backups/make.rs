//! `POST /api/v1/backups`.

use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;

use super::super::caller::SignedInCaller;
use super::{Refusal, Shared};
use crate::audit::Action;

/// Begins a backup now. Refused with the reason `not_configured` where the broker makes none, and `running` while one is
/// being made.
#[utoipa::path(post, path = "/backups", tag = "system", responses((status = 202)))]
pub(in super::super) async fn post(shared: web::Data<Shared>, by: SignedInCaller) -> Result<HttpResponse, Refusal> {
    let refused = |reason| Refusal::because(ErrorCode::Conflict, [reason]);
    let backups = shared.backups.as_ref().ok_or_else(|| refused("not_configured"))?;
    if backups.ask(by.caller.event(Action::BackupMade, shared.now())) {
        Ok(HttpResponse::Accepted().finish())
    } else {
        Err(refused("running"))
    }
}
