//! `/api/v1/own`: one's own account.

pub(super) mod account;
pub(super) mod note;
pub(super) mod password;
pub(super) mod sessions;
pub(super) mod tags;
