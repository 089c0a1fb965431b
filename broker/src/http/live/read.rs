//! `GET /api/v1/live`: what goes on now, in this process.

use actix_web::web;

use super::super::caller::Caller;
use super::super::{Refusal, Shared};
use super::shown::{Live, names, show};

/// Who is there, who waits and who is being helped: in a supervisor's groups, or everywhere. It is what this process of
/// the broker knows; another one that shares its database has its own.
#[utoipa::path(get, path = "/live", tag = "statistics", responses((status = 200, body = Live)))]
pub(in super::super) async fn get(shared: web::Data<Shared>, caller: Caller) -> Result<web::Json<Live>, Refusal> {
    let (live, at) = shared.exchange.turn(|board, now, _, _| (board.live(), now.unix_ms)).await?;
    let names = names(&shared, &live).await?;
    Ok(web::Json(show(&live, at, &names, caller.sees(&shared).as_ref())))
}
