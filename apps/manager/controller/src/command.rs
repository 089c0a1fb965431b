//! What a person does with the operator's app, as the shell passes it on.

use beside_protocol::afterwards::Note;
use beside_protocol::{DisplayId, Right, SessionId};
use zeroize::Zeroizing;

use crate::view::PageInput;

/// One act of the operator. An act that has no place on the screen that is shown does nothing.
#[derive(Debug)]
pub enum Command {
    /// Signs in.
    SignIn {
        /// The broker, `host:port`.
        broker: String,
        /// The account's name.
        name: String,
        /// The password, which also opens the operator's key on this machine.
        password: Zeroizing<String>,
    },
    /// The second factor of a sign-in whose name and password were right: six digits or a recovery code.
    AnswerSecondFactor(Zeroizing<String>),
    /// Leaves the second step of a sign-in.
    CancelSignIn,
    /// Signs out.
    SignOut,
    /// A new code, please.
    NewCode,
    /// Knocks return at once as away, or no longer.
    SetAway(bool),
    /// Lets a customer in.
    Accept(SessionId),
    /// Sends a customer away.
    Decline(SessionId),
    /// Something within one session.
    InSession(SessionId, SessionCommand),
    /// The app is being closed.
    Quit,
}

/// What a person does within one session.
#[derive(Debug)]
pub enum SessionCommand {
    /// The check number as typed.
    TypeNumber(Zeroizing<String>),
    /// The numbers match.
    ConfirmNumber,
    /// Asks for a right.
    Ask {
        /// The right.
        right: Right,
        /// Why.
        reason: String,
    },
    /// Gives a right back.
    GiveBack(Right),
    /// Would like to see another monitor.
    ShareDisplay(DisplayId),
    /// Mouse and keyboard.
    Input(Vec<PageInput>),
    /// Ends the session.
    End,
    /// Says what came of a session that has ended; once the broker has it, its screen is left.
    Note(Note),
    /// Leaves the screen of a session that has ended.
    Close,
}
