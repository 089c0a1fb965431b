//! Sessions, for those who may see them.

pub(super) mod export;
mod filters;
pub(super) mod list;
pub(super) mod read;
