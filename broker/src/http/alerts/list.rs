//! `GET /api/v1/alerts`.

use actix_web::web;
use beside_audit::Id;
use beside_broker_core::alarms::{AlertKind, Severity};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::page::{Page, page, rows, time_and, time_cursor};
use super::super::{Refusal, Shared};
use crate::storage::alerts::{AlertEntry, AlertQuery};

/// Which alerts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// From the page before.
    cursor: Option<String>,
    /// Alerts, 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// Only those that somebody, or nobody, has seen.
    seen: Option<bool>,
    /// Only this kind.
    #[param(value_type = Option<String>, example = "repeated_failures")]
    kind: Option<AlertKind>,
    /// Only this bad: `notice`, `warning` or `critical`.
    #[param(value_type = Option<String>, pattern = "^(notice|warning|critical)$")]
    severity: Option<Severity>,
}

/// Alerts, newest first.
#[utoipa::path(get, path = "/alerts", tag = "alerts", params(Asked), responses((status = 200, body = Page<AlertEntry>)))]
pub(in super::super) async fn get(
    shared: web::Data<Shared>,
    asked: web::Query<Asked>,
) -> Result<web::Json<Page<AlertEntry>>, Refusal> {
    let asked = asked.into_inner();
    let rows = rows(asked.limit)?;
    let after = time_and::<Id>(asked.cursor.as_ref())?;
    let query = AlertQuery {
        seen: asked.seen,
        kind: asked.kind,
        severity: asked.severity,
        after: after.map(|(at, id)| (at, id.to_string())),
        limit: rows,
    };
    let found = shared.exchange.storage.alerts(&query).await?;
    Ok(page(found, rows, |alert: &AlertEntry| time_cursor(alert.at, &alert.id)))
}
