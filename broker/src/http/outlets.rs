//! `GET /api/v1/outlets`: where alerts are sent, and whether they arrive.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Refusal, Shared};
use crate::storage::alerts::Channel;

/// Where alerts are sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Outlets {
    /// Every way that is configured.
    outlets: Vec<OutletEntry>,
}

/// A way. Times are Unix milliseconds, of this start of the broker.
#[derive(Debug, Serialize, ToSchema)]
struct OutletEntry {
    /// Which way it is.
    channel: Channel,
    /// Where it leads: mail addresses, or a URL.
    to: Vec<String>,
    /// Alerts that are still to be sent.
    waiting: u64,
    /// When one was sent last.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<i64>,
    /// Since when nothing could be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<i64>,
    /// Why, in the words of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// Where alerts are sent, and whether they arrive.
#[utoipa::path(get, path = "/outlets", tag = "alerts", responses((status = 200, body = Outlets)))]
pub(super) async fn get(shared: web::Data<Shared>) -> Result<web::Json<Outlets>, Refusal> {
    let mut outlets = Vec::new();
    for way in &shared.ways {
        let waiting = shared.exchange.storage.alerts_waiting(way.channel).await?;
        let fares = way.fares();
        let (failing_since, failure) = fares.failing.unzip();
        let (channel, to) = (way.channel, way.to.clone());
        outlets.push(OutletEntry { channel, to, waiting, sent_at: fares.sent_at, failing_since, failure });
    }
    Ok(web::Json(Outlets { outlets }))
}
