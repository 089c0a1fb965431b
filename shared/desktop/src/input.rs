//! Simulating input.

use beside_consent::{Control, Live};
use beside_protocol::input::InputEvent;

use crate::error::Result;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Injected {
    /// The system has it.
    Done,
    /// It would have reached one of Beside's own windows and was swallowed.
    OwnWindow,
    /// This system has no such key or button, or can't type such text; it was swallowed.
    Unknown,
}

/// Plays the operator's input into this machine. It remembers what it pressed, and lets go of all of it when dropped.
pub trait InputInjector: Send {
    /// Plays one event; `live` is the proof that the customer allows this one.
    ///
    /// # Errors
    /// The system does not take simulated input, or no longer.
    fn inject(&mut self, live: Live<'_, Control>, event: &InputEvent) -> Result<Injected>;

    /// Lets go of every key and button that this injector pressed. Needs no right: it only ends what was done. To be
    /// called as soon as a right ends.
    ///
    /// # Errors
    /// As for [`InputInjector::inject`].
    fn release_all(&mut self) -> Result<()>;
}
