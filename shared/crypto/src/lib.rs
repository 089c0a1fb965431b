//! Handshake, check number, records and attach of a session, and the operator's key at rest.
//!
//! Sans-I/O: bytes, `now` and randomness go in, bytes and states come out. Both sides of the handshake are states that
//! consume themselves, so each message is made once and a step can't be skipped. The broker is the adversary; the
//! layouts and what they are for are in `docs/protocol.md`, "Handshake", "Records" and "Attach".
#![forbid(unsafe_code)]

pub mod attach;
pub mod check_number;
mod credential;
mod customer;
mod ephemeral;
mod error;
mod keys;
mod message;
mod operator;
pub mod record;
mod schedule;
mod seal;
pub mod sealed_key;
mod seen;
mod transcript;
mod trust;

pub use credential::{CredentialError, OperatorCredential};
pub use customer::{CustomerKnock, CustomerRevealed, CustomerVerified};
pub use error::HandshakeError;
pub use keys::{SessionKeys, SessionLanes};
pub use message::{Answer, Verdict};
pub use operator::{OperatorAccepted, OperatorShaken};
pub use record::{LaneOpener, LaneSealer, OpenError, Opened, SealError};
pub use seen::Seen;
pub use trust::CustomerTrust;

#[cfg(test)]
#[path = "../tests/common/script.rs"]
mod script;
#[cfg(test)]
#[path = "../tests/common/start.rs"]
mod start;
