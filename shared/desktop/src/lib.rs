//! The operating system: reading the screen, simulating input, and watching over Beside's own windows.
//!
//! Each thing is opened on a [`Desktop`] and used by one thread:
//!
//! - [`Capture`] says when something changes on a monitor and reads just that, without Beside's own windows;
//! - [`Injector`] plays the operator's input, and never into Beside's own windows;
//! - [`StopKey`] is the customer's key that nobody else gets;
//! - [`Visibility`] says whether the customer can see Stop;
//! - [`Frame`] is the coloured frame round the shared monitor;
//! - [`Focus`] gives the keyboard back that an own window had.
//!
//! Reading asks for a proof of the customer's consent to view, each event for one of the consent to control. The traits
//! [`ScreenCapture`] and [`InputInjector`] are what callers need, so that a test can do without a screen.
//!
//! How each system does it is in `platform`, with the same names and signatures for all.

mod border;
mod capture;
mod clock;
mod display;
mod error;
mod input;
mod own_windows;
mod platform;
mod snapshot;
mod waker;

pub use capture::{PointerPosition, ScreenCapture, Wake};
pub use display::Display;
pub use error::{DesktopError, Result, Trouble};
pub use input::{Injected, InputInjector, PAUSE_MAX};
pub use own_windows::OwnWindows;
pub use platform::{Capture, Desktop, Focus, Frame, Injector, StopKey, Visibility};
pub use snapshot::Snapshot;
pub use waker::Waker;
