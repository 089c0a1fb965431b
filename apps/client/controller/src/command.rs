//! What a person does with the customer's app, as the shell passes it on.

use beside_protocol::Right;
use beside_protocol::afterwards::Rating;
use zeroize::Zeroizing;

/// One act of the customer. An act that has no place on the screen that is shown does nothing.
#[derive(Debug)]
pub enum Command {
    /// The broker's address, typed where there is no org.json.
    SubmitBroker(String),
    /// The access code.
    SubmitCode(Zeroizing<String>),
    /// Draws another number for this computer.
    RenewDevice,
    /// Calls the attempt off.
    Cancel,
    /// The name that the operator shall see; empty for none.
    SetName(String),
    /// Goes on from "Who is this?".
    ContinueWho,
    /// The number was read out.
    HaveRead,
    /// The number that the operator read out (mode 2).
    TypeNumber(Zeroizing<String>),
    /// Allows the operator to see the screen, or does not.
    Answer {
        /// Allow.
        allow: bool,
    },
    /// Answers the operator's request.
    AnswerRequest {
        /// The right that it was for.
        right: Right,
        /// Allow.
        allow: bool,
    },
    /// Takes a right back.
    TurnOff(Right),
    /// Stops the session.
    Stop,
    /// Says how it was, once the session is over.
    Rate(Rating),
    /// Leaves the last screen.
    Done,
    /// The app is being closed.
    Quit,
}
