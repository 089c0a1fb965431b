//! The audit log's events, what watches over the log, and its verification.

pub mod action;
pub mod event;
pub mod safeguards;
pub mod verification;

pub use action::Action;
pub use event::{Actor, Event};
