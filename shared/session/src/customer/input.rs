//! What happens to the customer's side of a session.

use beside_protocol::control::{DisplayInfo, InputHold};
use beside_protocol::pointer::PointerState;
use beside_protocol::proof::Proof;
use beside_protocol::{DisplayId, End, ErrorCode, Right};

use crate::path_io::PathInput;

/// One thing that happened.
#[derive(Debug)]
pub enum CustomerInput<'a> {
    /// The broker says that the operator accepted.
    Accepted {
        /// M2 as the broker passed it on.
        m2: &'a [u8],
    },
    /// The broker wanted a proof of work before it looks at the knock, and here it is. While the knock is unanswered it is
    /// sent again with it.
    Proved(Proof),
    /// The broker says that the session is over. Before M5 it is. Afterwards the operator's own, authenticated word is
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
    /// The customer did something.
    Act(CustomerAct<'a>),
    /// The customer's desktop has something to say.
    Desktop(DesktopInput),
}

/// What the customer does. An act that has no place in the state it arrives in does nothing.
///
/// The four acts that go on or say yes or no ([`ContinueWho`](Self::ContinueWho), [`HaveRead`](Self::HaveRead),
/// [`Answer`](Self::Answer), [`AnswerRequest`](Self::AnswerRequest)) count only once
/// [`ARMING`](beside_protocol::limits::ARMING) has passed since the question appeared; earlier ones are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerAct<'a> {
    /// *Continue* on "Who is this?".
    ContinueWho,
    /// *I have read it out* (modes 0 and 1).
    HaveRead,
    /// The check number as typed (mode 2); spaces don't count.
    TypeNumber(&'a str),
    /// *Allow* or *No*.
    Answer {
        /// Allow.
        allow: bool,
    },
    /// *Allow* or *No* to a request of the operator.
    AnswerRequest {
        /// The right that the shown request is about.
        right: Right,
        /// Allow.
        allow: bool,
    },
    /// Takes a right back.
    TurnOff(Right),
    /// Stop, in any state.
    Stop,
    /// Calls the attempt off before it is a session.
    Cancel,
    /// The app is being closed.
    Close,
}

/// What the customer's desktop tells.
#[derive(Debug, Clone, PartialEq)]
pub enum DesktopInput {
    /// The frame that [`PictureWanted`](crate::CustomerOutput::PictureWanted) asked for, 1 to
    /// [`FRAME_MAX`](beside_protocol::picture::FRAME_MAX) bytes. One that nobody asked for, or whose permission has
    /// ended in the meantime, is dropped, and the next wish is for a fresh one.
    Picture {
        /// An encoded frame.
        bytes: Vec<u8>,
        /// It rests on nothing before it. While a fresh frame is wanted, others are dropped and the wish stands.
        fresh: bool,
    },
    /// The pointer moved or changed its shape; dropped while there is no picture.
    Pointer(PointerState),
    /// Input must be held back, or may flow again.
    Hold(Option<InputHold>),
    /// The monitors, at the start and at every change.
    Displays {
        /// All; those beyond 64 are not told, and names are cut at 64 bytes.
        all: Vec<DisplayInfo>,
        /// The shared one.
        shared: DisplayId,
    },
    /// Capturing or injecting failed for good: the session ends.
    Failed(ErrorCode),
}
