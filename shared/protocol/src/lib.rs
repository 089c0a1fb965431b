//! Wire types of Beside: ids, access code, signalling, handshake lengths, record header and session messages, and the
//! proof of work that a broker under attack asks for.
//!
//! This crate is the vocabulary of the house. It has no I/O, no clock and no randomness; every other crate may
//! depend on it and it depends on none of them. Bytes and strings from outside become the newtypes here once, at
//! the edge, and are trusted to be well-formed from then on. Layouts follow `docs/protocol.md`.
#![forbid(unsafe_code)]

pub mod afterwards;
pub mod api;
mod code_link;
pub mod control;
pub mod device;
pub mod end;
pub mod error;
pub mod frame;
pub mod handshake;
pub mod ids;
pub mod input;
pub mod limits;
pub mod path;
pub mod picture;
pub mod pointer;
pub mod proof;
pub mod record;
pub mod rights;
pub mod signalling;
mod wire;

pub use code_link::code_in_link;
pub use device::DeviceId;
pub use end::{End, EndReason, Party};
pub use error::ErrorCode;
pub use ids::{AccessCode, CheckNumber, DisplayId, OperatorId, PathId, SessionId, Token};
pub use rights::{Right, Rights};
pub use wire::WireError;
