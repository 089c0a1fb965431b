//! What the customer's screens show. The TypeScript types in `ui/kit/src/generated` are made from these.
//!
//! The shell sends a whole [`ClientView`] with the event `view` at every change and answers it to the command `view`.
//! Times are milliseconds that are left, or have passed, at the moment of sending; the page counts on by itself.

use beside_protocol::afterwards::Rating;
use beside_protocol::control::InputHold;
use beside_protocol::path::PathKind;
use beside_protocol::{End, ErrorCode, Right};
use serde::Serialize;
use ts_rs::TS;

/// The organisation of a verified org.json.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct OrganisationView {
    /// Its name.
    pub name: String,
    /// The number that people can call back.
    pub call_back: String,
}

/// The operator as the certificate names one, or nothing verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HelperView {
    /// The organisation, if verified. Without it nothing on the screen carries a tick.
    pub organisation: Option<OrganisationView>,
    /// The operator's name from the certificate, if verified.
    pub name: Option<String>,
}

/// One screen of the customer's app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[ts(export)]
pub enum ClientView {
    /// Only without org.json: asks for the broker's address.
    Broker {
        /// Why the last address did not do.
        error: Option<ErrorCode>,
    },
    /// Something makes sessions impossible on this machine: org.json is not good, or the app is open already.
    Blocked {
        /// What.
        error: ErrorCode,
        /// The date that this machine's clock shows, with [`ErrorCode::Clock`] only.
        clock: Option<String>,
    },
    /// Asks for the access code.
    Code {
        /// The organisation, if there is an org.json.
        organisation: Option<OrganisationView>,
        /// What went wrong with the last code or attempt.
        error: Option<ErrorCode>,
        /// The code is on its way to the broker; the boxes take no input.
        busy: bool,
        /// The number by which the organisation knows this computer, as `K7Q2-9XMB-41TD`, if one can be kept.
        device: Option<String>,
        /// The code in the link that opened the app, until a code is tried. It counts when the customer says so.
        offered: Option<String>,
    },
    /// The operator has been told.
    Waiting {
        /// The organisation, if there is an org.json.
        organisation: Option<OrganisationView>,
        /// The name that the customer has given, if any.
        name: Option<String>,
        /// What is left of the wait.
        left_ms: u32,
        /// The operator has accepted and the handshake runs: only Cancel remains.
        accepted: bool,
        /// The broker is lost and looked for.
        alone: bool,
    },
    /// Who is this?
    Who {
        /// Who.
        helper: HelperView,
        /// It is not the first handshake of this code: both screens warn.
        again: bool,
        /// What is left of the wait.
        left_ms: u32,
    },
    /// The check number, to be read out (modes 0 and 1).
    Number {
        /// Who.
        helper: HelperView,
        /// Six digits, shown as `12 34 56`.
        number: String,
        /// What is left of the wait.
        left_ms: u32,
    },
    /// The check number, to be typed as the operator reads it out (mode 2).
    TypeNumber {
        /// Who.
        helper: HelperView,
        /// Tries left.
        tries_left: u8,
        /// The last number did not match.
        mismatch: bool,
        /// What was typed last was the access code.
        typed_code: bool,
        /// What is left of the wait.
        left_ms: u32,
    },
    /// What will be allowed.
    Allow {
        /// Who.
        helper: HelperView,
        /// How long the right to see lasts, in seconds.
        seconds: u32,
        /// What is left of the wait.
        left_ms: u32,
    },
    /// Allowed, but the operator has not typed the number yet: nobody can see the screen.
    Starting {
        /// Who.
        helper: HelperView,
        /// The broker is lost and looked for.
        alone: bool,
    },
    /// In session: the pill.
    Session {
        /// Who.
        helper: HelperView,
        /// Milliseconds since the picture began.
        since_ms: u32,
        /// Rights that are on, asked for, or off; always the same ones in the same order.
        rights: Vec<RightView>,
        /// A request that waits for an answer.
        request: Option<RequestView>,
        /// What carries the session, or nothing while every path is gone.
        path: Option<PathKind>,
        /// Why input is held back.
        held: Option<InputHold>,
    },
    /// The end.
    Ended {
        /// Who.
        helper: HelperView,
        /// Who ended it and why.
        end: End,
        /// How long the session lasted; nothing if the screen was never seen.
        lasted_ms: Option<u32>,
        /// What the customer has said of it; nothing if the screen was never seen.
        rating: Option<RatingView>,
    },
}

/// The customer's rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RatingView {
    /// What was said.
    pub rating: Rating,
    /// How far it has come.
    pub state: RatingState,
}

/// How far a rating has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RatingState {
    /// Nothing was said.
    Open,
    /// On its way.
    Sending,
    /// The broker has it.
    Sent,
    /// It did not get through; saying it again sends it again.
    Failed,
}

/// A row of the opened pill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, rename = "ClientRightView")]
pub struct RightView {
    /// The right.
    pub right: Right,
    /// What is left of the lease, or nothing while it is off.
    pub left_ms: Option<u32>,
    /// The whole lease.
    pub lease_ms: u32,
    /// The organisation forbids it.
    pub forbidden: bool,
}

/// What the operator asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RequestView {
    /// The right.
    pub right: Right,
    /// For how long, in seconds.
    pub seconds: u32,
    /// The operator's words; may be empty.
    pub reason: String,
}

/// What a page needs to know before its first view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ClientSettings {
    /// `ko`, `ja` or `en`: chosen earlier, or the system's.
    pub language: String,
    /// The key that stops a session, as the system names it.
    pub stop_key: String,
}
