//! The HTTP endpoints under `/api/v1`, one file each, and what they share.

mod bearer;
mod credential;
mod health;
mod problem;
mod sign_in;
mod sign_out;
mod signal_customer;
mod signal_operator;
mod statements;

use std::sync::Arc;

use actix_web::error::JsonPayloadError;
use actix_web::web;
use beside_identity::PublicKey;
use beside_protocol::ErrorCode;

pub use bearer::{AdministratorBearer, OperatorBearer};
pub use problem::Refusal;

use crate::exchange::Exchange;
use crate::hashing::Hashing;

/// The longest JSON body: a statement in base64 and its braces.
const BODY_MAX: usize = 48 * 1024;

/// What the endpoints need.
#[derive(Debug)]
pub struct Shared {
    /// The switchboard and what carries out its effects.
    pub exchange: Arc<Exchange>,
    /// Passwords.
    pub hashing: Hashing,
    /// Who may sign statements.
    pub organisation_keys: Vec<PublicKey>,
}

/// Adds every route to a server.
pub fn configure(config: &mut web::ServiceConfig) {
    let json = web::JsonConfig::default().limit(BODY_MAX).error_handler(|error, _| {
        let too_large =
            matches!(error, JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. });
        Refusal::from(if too_large { ErrorCode::MessageTooLarge } else { ErrorCode::MessageMalformed }).into()
    });
    config.app_data(json).service(
        web::scope("/api/v1")
            .service(health::get)
            .service(sign_in::post)
            .service(sign_out::post)
            .service(credential::get)
            .service(statements::post)
            .service(signal_customer::get)
            .service(signal_operator::get),
    );
    config.default_service(web::to(|| async { Err::<&str, _>(Refusal::from(ErrorCode::NotFound)) }));
}
