//! Signed statements: who an organisation, an operator and a status are, and who says so.
//!
//! A [`Verified`] value exists only if a signature over exactly its bytes held, by a key that had the right to sign it,
//! within its life. Everything else in the house takes such values and so can't forget to check. The layout is that of
//! `docs/protocol.md`, "Signed statements". No I/O, no clock, no randomness of its own.
#![forbid(unsafe_code)]

pub mod clock;
pub mod enrolment;
pub mod key;
pub mod organisation_file;
pub mod statement;
pub mod vendor;

pub use clock::{Clock, UnixTime};
pub use key::{KeyError, KeyHash, PublicKey, SIGNATURE_LENGTH, SigningKey};
pub use statement::{
    BrokerAddress, CheckMode, Draft, Kind, Operator, Organisation, Request, StatementError, Status, Verified, issue,
};
