//! What can go wrong with the desktop, and which stable code the user interface gets for it.

use beside_protocol::{DisplayId, ErrorCode};
use thiserror::Error;

/// Why the operating system did not do what was asked. Nothing of this is the other side's fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Trouble {
    /// There is no display server, or it does not let this process in.
    #[error("the display server can't be reached: {0}")]
    Unreachable(String),
    /// The connection to the display server broke. Whatever was opened on it has to be opened anew.
    #[error("the connection to the display server broke: {0}")]
    Lost(String),
    /// The display server refused a request.
    #[error("the display server refused: {0}")]
    Refused(String),
    /// The monitor is not there, or no longer.
    #[error("there is no display {}", .0.0)]
    NoDisplay(DisplayId),
    /// Another program holds this key combination.
    #[error("another program has taken {0}")]
    KeyTaken(&'static str),
    /// This system, or this build for it, can't do it.
    #[error("not supported here: {0}")]
    Unsupported(&'static str),
}

/// A failure of this crate, by what it keeps from working.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DesktopError {
    /// The screen can't be read.
    #[error("the screen can't be read: {0}")]
    Capture(#[source] Trouble),
    /// Input can't be simulated, or what guards it does not work.
    #[error("input can't be simulated: {0}")]
    Input(#[source] Trouble),
}

impl DesktopError {
    /// The stable code of the failure.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Capture(_) => ErrorCode::CaptureFailed,
            Self::Input(_) => ErrorCode::InputFailed,
        }
    }

    /// The cause.
    #[must_use]
    pub const fn trouble(&self) -> &Trouble {
        match self {
            Self::Capture(trouble) | Self::Input(trouble) => trouble,
        }
    }
}

/// What every function of this crate that can fail gives.
pub type Result<T, E = DesktopError> = std::result::Result<T, E>;
