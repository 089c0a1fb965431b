//! `/api/v1/live`: what goes on now, once or as it changes.

pub(super) mod read;
mod shown;
pub(super) mod socket;
pub(super) mod ticket;
mod wall;

pub use wall::{Wall, refresh};
