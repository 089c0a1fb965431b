//! What the audit log is told, and by whom.

pub mod action;
pub mod event;

pub use action::Action;
pub use event::{Actor, Event};
