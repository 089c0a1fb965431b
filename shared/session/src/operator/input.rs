//! What happens to the operator's side of a session.

use beside_protocol::input::InputEvent;
use beside_protocol::{DisplayId, End, ErrorCode, Right};

use crate::path_io::PathInput;

/// One thing that happened.
#[derive(Debug)]
pub enum OperatorInput<'a> {
    /// The broker says that the session is over. Before M5 it is. Afterwards the customer's own, authenticated word is
    /// awaited for a second; without it the session ends as one that nobody explained.
    EndedByBroker(End),
    /// This side's signalling socket is lost, or back. Before a session that is all there is, so it is waited for only
    /// [`WAIT_SOCKET`](beside_protocol::limits::WAIT_SOCKET).
    Socket {
        /// It is there.
        present: bool,
    },
    /// A path has something to say.
    Path(PathInput<'a>),
    /// The operator did something.
    Act(OperatorAct<'a>),
    /// The viewer has put this frame, and all before it, into the framebuffer.
    FrameApplied {
        /// The number that came with [`OperatorOutput::Frame`](crate::OperatorOutput::Frame).
        frame: u32,
    },
    /// The viewer lost its framebuffer and needs a picture that rests on nothing before it.
    FreshPicture,
    /// A frame could not be decoded, or something else failed for good: the session ends.
    Failed(ErrorCode),
}

/// What the operator does. An act that has no place in the state it arrives in does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorAct<'a> {
    /// The check number as typed (mode 1); spaces don't count.
    TypeNumber(&'a str),
    /// *It matches* (modes 0 and 2).
    ConfirmNumber,
    /// Asks for a right. A later request for the same right replaces the earlier.
    Ask {
        /// The right.
        right: Right,
        /// For how long, in seconds; the customer's side gives at most its own default.
        seconds: u32,
        /// Why; cut at [`REASON_MAX`](beside_protocol::limits::REASON_MAX) bytes. May be empty.
        reason: &'a str,
    },
    /// Gives a right back.
    GiveBack(Right),
    /// Would like to see another monitor.
    ShareDisplay(DisplayId),
    /// Mouse and keyboard. Dropped without the right, while input is held back, and while no path is there.
    Input(&'a [InputEvent]),
    /// Ends the session.
    Leave(Leave),
}

/// Why an operator leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// *End session*.
    Finished,
    /// The app is being closed.
    Closed,
    /// The sign-in is over.
    SignedOut,
}
