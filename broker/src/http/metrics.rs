//! What the metrics' listener serves: `/metrics` for Prometheus, `/health` and `/ready` for load balancers.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};
use beside_protocol::ErrorCode;

use super::{Refusal, Shared, health};
use crate::metrics::Reading;

/// What OpenMetrics is told apart by.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Below this part of the disk free, new sessions belong elsewhere.
const DISK_LEAST: f64 = 0.01;

/// Adds the routes to a server.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.route("/metrics", web::get().to(metrics));
    config.route("/health", web::get().to(health::get));
    config.route("/ready", web::get().to(ready));
}

async fn metrics(shared: web::Data<Shared>) -> HttpResponse {
    let reading = read(&shared).await;
    let text = shared.exchange.metrics.encode(&reading);
    HttpResponse::Ok().insert_header((CONTENT_TYPE, OPEN_METRICS)).body(text)
}

/// Whether new work should come here: the database answers, there is room on its disk, and the broker does not stop.
async fn ready(shared: web::Data<Shared>) -> Result<HttpResponse, Refusal> {
    let exchange = &shared.exchange;
    if exchange.is_draining() {
        return Err(ErrorCode::Draining.into());
    }
    exchange.storage.ping().await?;
    if shared.surroundings.disk_free().is_some_and(|free| free < DISK_LEAST) {
        return Err(ErrorCode::StorageFull.into());
    }
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })))
}

/// Everything that is read when it is asked for.
pub(super) async fn read(shared: &Shared) -> Reading {
    let exchange = &shared.exchange;
    let (load, unwritten) = exchange.load().await;
    Reading {
        load,
        queued: exchange.queued(),
        unwritten,
        certificate_days: shared.surroundings.certificate_days(shared.now()),
        disk_free: shared.surroundings.disk_free(),
    }
}
