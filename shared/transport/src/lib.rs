//! The tokio rim of a session: everything that touches a socket.
//!
//! [`line`] is the signalling WebSocket, which is also the relay path, and [`link`] one that comes back when it is
//! lost; [`direct`] makes the WebRTC paths; [`api`] speaks the broker's REST; [`trust`] decides which TLS certificates
//! count; [`Solving`] computes what a broker under attack asks for. What the bytes mean is `session`'s business.
#![forbid(unsafe_code)]

pub mod api;
mod backoff;
pub mod clock;
mod dial;
pub mod direct;
mod error;
pub mod line;
pub mod link;
mod relay;
mod solving;
pub mod trust;

pub use backoff::Backoff;
pub use dial::Broker;
pub use error::TransportError;
pub use relay::RelayState;
pub use solving::Solving;
