//! `/api/v1/blocks`: accounts and addresses that may not be used for a while; and what the defence of the sign-in has shut.

pub(super) mod lift;
pub(super) mod list;
pub(super) mod make;
pub(super) mod unlock;
