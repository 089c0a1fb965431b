//! What the operator's app does, without a window toolkit.
//!
//! [`start`] runs the app as a task: acts of the operator go in as [`Command`]s, views come out through [`Ui`], and the
//! picture of each session is fetched from its [`Feed`] by the page that paints it.
#![forbid(unsafe_code)]

mod app;
mod command;
mod credential;
mod desk;
mod feed;
mod keys;
mod live;
mod page_input;
mod present;
mod start;
mod ui;
pub mod view;

pub use command::{Command, SessionCommand};
pub use feed::{Feed, FeedClosed};
pub use start::{Handle, Setup, start};
pub use ui::Ui;
