//! The tables, as sea-orm sees them.

pub(crate) mod account;
pub(crate) mod live_sign_in;
pub(crate) mod session;
pub(crate) mod session_event;
pub(crate) mod sign_in;
pub(crate) mod statement;
