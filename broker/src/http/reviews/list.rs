//! `GET /api/v1/reviews`.

use actix_web::web;

use super::super::{Refusal, Shared};
use super::{ReviewEntry, span};

/// The months of which the log is kept, newest first, and how their reviews stand.
#[utoipa::path(get, path = "/reviews", tag = "reviews", responses((status = 200, body = [ReviewEntry])))]
pub(in super::super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Vec<ReviewEntry>>, Refusal> {
    let (first, last) = span(&shared).await?;
    let mut sign_offs = shared.exchange.storage.sign_offs(None).await?;
    let now = shared.now();
    let months = std::iter::successors(Some(last), |month| month.previous()).take_while(|month| *month >= first);
    let entries = months.map(|month| {
        let of_month = sign_offs.remove(&month.to_string()).unwrap_or_default();
        ReviewEntry::new(month, of_month, now)
    });
    Ok(web::Json(entries.collect()))
}
