//! The four kinds of signed statement, their bytes, and what it takes to believe one.

mod body;
mod envelope;
mod error;
mod field;
mod verified;

pub use body::{
    BrokerAddress, CheckMode, OPERATOR_LIFE_MAX, ORGANISATION_LIFE_MAX, Operator, Organisation, REQUEST_LIFE_MAX,
    REVOKED_MAX, Request, STATUS_LIFE, STATUS_LIFE_MAX, Status,
};
pub use envelope::{Draft, Kind, issue};
pub use error::StatementError;
pub use verified::Verified;

pub use envelope::Body;

#[cfg(test)]
mod tests;
