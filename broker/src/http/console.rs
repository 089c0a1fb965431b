//! `/api/v1/console`: what only a browser asks for.

pub(super) mod sign_in;
