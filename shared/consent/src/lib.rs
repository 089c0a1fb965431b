//! Consent as a type: grants, leases and revocation on the customer's side.
//!
//! Nothing is seen, injected or read without a live [`Grant`], and only [`Consent`] makes one, from the customer's own
//! [`Yes`]. A grant can be checked from any thread without a lock: it shares one flag with whoever may revoke it, so
//! revocation holds for the very next event, whatever the network or the session's loop are doing.
//! This crate has no I/O, no clock and no randomness.
#![forbid(unsafe_code)]

mod grant;
mod ledger;
mod scope;
mod switch;

pub use grant::{Grant, Lapsed, Live};
pub use ledger::{Consent, NotAllowed, Yes};
pub use scope::{Control, Scope, View};
pub use switch::{HoldSwitch, StopSwitch};
