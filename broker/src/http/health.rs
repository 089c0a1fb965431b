//! `GET /api/v1/health`: whether the broker can do its work.

use actix_web::{HttpResponse, get, web};

use super::{Refusal, Shared};

#[get("/health")]
pub(super) async fn get(shared: web::Data<Shared>) -> Result<HttpResponse, Refusal> {
    shared.exchange.storage.ping().await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ok" })))
}
