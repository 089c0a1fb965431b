//! The tokio rim of a session: everything that touches a socket.
//!
//! [`line`] is the signalling WebSocket, which is also the relay path; [`api`] speaks the broker's REST; [`trust`] decides
//! which TLS certificates count. What the bytes mean is `session`'s business.
#![forbid(unsafe_code)]

pub mod api;
mod backoff;
mod dial;
mod error;
pub mod line;
pub mod trust;

pub use backoff::Backoff;
pub use dial::Broker;
pub use error::TransportError;
