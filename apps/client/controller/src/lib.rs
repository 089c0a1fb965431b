//! What the customer's app does, without a window toolkit.
//!
//! [`start`] runs the app as a task: acts of the customer go in as [`Command`]s, views come out through [`Ui`]. It owns
//! one session at a time, the link to the broker, and the two threads that read the screen and play the operator's
//! input. Whatever the network does, this task never waits for it: Stop is always the next thing it hears.
#![forbid(unsafe_code)]

mod app;
mod attempt;
mod command;
mod guard;
mod hands;
mod keyboard;
mod machine;
mod opinion;
mod pointer;
mod present;
mod proving;
mod screen;
mod start;
mod ui;
pub mod view;

pub use command::Command;
pub use keyboard::Keyboard;
pub use machine::{Indicator, Machine, ThisMachine, Watch};
pub use start::{Handle, Setup, start};
pub use ui::Ui;

/// The key that stops a session, as keyboards name it.
#[must_use]
pub const fn stop_key_name() -> &'static str {
    beside_desktop::StopKey::NAME
}
