//! What the customer's app does, without a window toolkit.
//!
//! [`view`] is all that a screen can show.
#![forbid(unsafe_code)]

pub mod view;
