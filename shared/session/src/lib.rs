//! The sans-I/O core of a session: from the knock to the end, on both sides.
//!
//! Bytes, acts of people, frames and `now` go in; messages, grants and the next deadline come out. Nothing here reads
//! a clock, opens a socket or draws randomness that it was not given, so a whole session runs in a test in virtual
//! time. Layouts and rules are those of `docs/protocol.md` and `docs/protocol-session.md`.
//!
//! Both sides are driven alike:
//!
//! ```text
//! Customer::knock(config: CustomerConfig, rng: Box<dyn CryptoRng + Send>, now) -> Customer
//! Operator::accept(config: OperatorConfig, m1: &[u8], rng: Box<dyn CryptoRng + Send>, now) -> Result<Operator, SessionError>
//!
//! fn handle(&mut self, input: CustomerInput<'_>, now: Instant)    // something happened
//! fn advance(&mut self, now: Instant)                             // the deadline has come
//! fn poll_output(&mut self) -> Option<CustomerOutput>             // after either, until nothing is left
//! fn deadline(&self) -> Option<Instant>                           // when to call `advance` at the latest
//! fn state(&self, now: Instant) -> CustomerState                  // everything that the screens show
//! ```
#![forbid(unsafe_code)]

mod customer;
mod error;
mod line;
mod number;
mod operator;
mod over;
mod path_io;
mod picture;
mod side;
mod socket;
mod tries;

pub use customer::{
    Customer, CustomerAct, CustomerConfig, CustomerInput, CustomerOutput, CustomerPhase, CustomerSession,
    CustomerState, DesktopInput, LeaseLeft, RequestShown,
};
pub use error::SessionError;
pub use operator::{
    Check, Decision, Leave, Operator, OperatorAct, OperatorConfig, OperatorInput, OperatorOutput, OperatorState,
    RightSeen, Standing,
};
pub use path_io::{FIRST_RELAY, PathInput, PathOutput, relay_path};
pub use tries::Tries;

/// How many bytes of this session a path's buffer is filled with at most before the picture waits.
pub const WINDOW: usize = 128 << 10;
