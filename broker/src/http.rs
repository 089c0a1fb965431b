//! The HTTP endpoints under `/api/v1`, one file each, and what they share.

mod about;
mod account_link;
mod accounts;
mod addresses;
mod alerts;
mod audit;
mod backups;
mod blocks;
mod browser;
mod caller;
mod console;
mod credential;
mod export;
mod gate;
mod groups;
mod health;
pub mod live;
mod metrics;
pub mod openapi;
mod outlets;
mod own;
mod page;
mod pages;
mod policy;
mod problem;
mod rating;
mod reviews;
pub mod rights;
pub mod routes;
mod sessions;
mod shared;
mod sign_in;
mod sign_out;
mod signal_customer;
mod signal_operator;
mod signing_in;
mod statements;
mod statistics;
mod step_up;
mod tokens;

use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::middleware::from_fn;
use actix_web::web;
use beside_protocol::ErrorCode;

pub use accounts::link::make as account_link_for;
pub use gate::REASON_HEADER;
pub use problem::Refusal;
pub use shared::Shared;

use rights::Listener;

/// The longest JSON body: a statement in base64 and its braces.
const BODY_MAX: usize = 48 * 1024;

/// Adds every route of a listener to a server.
pub fn configure(config: &mut web::ServiceConfig, listener: Listener) {
    let malformed = || actix_web::Error::from(Refusal::from(ErrorCode::MessageMalformed));
    let json = web::JsonConfig::default().limit(BODY_MAX).error_handler(move |error, _| {
        let too_large =
            matches!(error, JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. });
        if too_large { Refusal::from(ErrorCode::MessageTooLarge).into() } else { malformed() }
    });
    let query = web::QueryConfig::default().error_handler(move |_: QueryPayloadError, _| malformed());
    // What can't be an id is nobody's.
    let path = web::PathConfig::default().error_handler(|_: PathError, _| Refusal::from(ErrorCode::NotFound).into());
    config.app_data(json).app_data(query).app_data(path).app_data(web::ThinData(listener));
    let api = web::scope("/api/v1").wrap(from_fn(gate::gate));
    config.service(api.configure(|config| routes::mount(config, listener)));
    pages::mount(config, listener);
    if listener == Listener::Administration {
        config.route("/api/openapi.json", web::get().to(openapi::get));
    }
    config.default_service(web::to(|| async { Err::<&str, _>(Refusal::from(ErrorCode::NotFound)) }));
}

/// Adds what the metrics' listener serves.
pub fn configure_metrics(config: &mut web::ServiceConfig) {
    metrics::mount(config);
    config.default_service(web::to(|| async { Err::<&str, _>(Refusal::from(ErrorCode::NotFound)) }));
}
