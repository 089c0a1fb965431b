//! The sockets: WebSocket frames in and out, with a bound on everything.
//!
//! Built on actix-http's frame codec rather than on actix-ws, whose channel holds 32 messages however large they are:
//! here the queue of a slow reader is counted in bytes.

mod inbound;
pub mod lifeline;
pub mod outbox;
pub mod socket;
