//! The pure core of the broker: codes, knocks, sessions, relay pairing, limits, STUN.
//!
//! No I/O, no clock, no ambient randomness: what happened, `now` and a random source go in; messages, relay changes
//! and log records come out. The binary beside it owns sockets and the database and carries those effects out.
#![forbid(unsafe_code)]

pub mod address;
pub mod address_rules;
pub mod alarms;
pub mod codes;
pub mod effect;
pub mod forwarded;
pub mod guesses;
pub mod hours;
pub mod ledger;
pub mod limits;
pub mod liveness;
pub mod month;
pub mod name;
pub mod name_words;
pub mod observation;
pub mod password;
pub mod proof_of_work;
pub mod proxy_header;
mod recent;
pub mod relay;
mod reports;
mod session;
pub mod sign_in_defence;
pub mod sign_in_delay;
mod sign_ins;
mod strain;
pub mod stun;
pub mod switchboard;
mod tally;
#[cfg(test)]
mod testing;
mod tickets;
pub mod time;
mod trier;

pub use address::Address;
pub use effect::{Effect, Record, SocketId};
pub use observation::Observation;
pub use sign_ins::{Account, Bearer, SignInId, TokenHash};
pub use switchboard::Switchboard;
pub use time::Now;
pub use trier::{NameHash, Trier};
