//! `/api/v1/alerts`: what somebody should know.

pub(super) mod list;
pub(super) mod see;
pub(super) mod trial;
