//! `GET /api/v1/own/sessions`: an operator's own.

use actix_web::web;

use super::super::caller::Caller;
use super::super::page::Page;
use super::super::sessions::list::{Asked, read};
use super::super::{Refusal, Shared};
use crate::storage::sessions::SessionEntry;

/// One's own sessions and attempts, newest first.
#[utoipa::path(get, path = "/own/sessions", tag = "own account", params(Asked), responses((status = 200, body = Page<SessionEntry>)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<web::Json<Page<SessionEntry>>, Refusal> {
    read(&shared, caller.sees(&shared), &asked).await
}
