//! Simulating input.

use std::time::{Duration, Instant};

use beside_consent::{Control, Live};
use beside_protocol::input::InputEvent;

use crate::error::Result;

/// Longest pause that [`Injected::Partly`] asks for.
pub const PAUSE_MAX: Duration = Duration::from_millis(300);

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Injected {
    /// The system has it.
    Done,
    /// The beginning of a text is typed. The rest is to be played as an event of its own, with its own proof, not before
    /// this instant and before any other text: the programs have to handle the beginning first.
    Partly {
        /// The rest of the text, perhaps all of it; never empty.
        rest: String,
        /// When it can go on; at most [`PAUSE_MAX`] from now.
        from: Instant,
    },
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
