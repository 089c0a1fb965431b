//! The rules of the house.

pub(super) mod change;
pub(super) mod read;
