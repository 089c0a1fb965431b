//! What the operator's screens show. The TypeScript types in `ui/kit/src/generated` are made from these.
//!
//! The shell sends a whole [`ManagerView`] with the event `view` at every change and answers it to the command `view`.
//! Times are milliseconds that are left, or have passed, at the moment of sending; the page counts on by itself.

use beside_protocol::control::{DisplayInfo, InputHold};
use beside_protocol::path::PathKind;
use beside_protocol::{End, ErrorCode, Right};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that the manager shows.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "screen", rename_all = "snake_case")]
#[ts(export)]
pub enum ManagerView {
    /// Nobody is signed in.
    SignIn {
        /// The broker's address as remembered, `host:port`, or empty.
        broker: String,
        /// The account's name as remembered, or empty.
        name: String,
        /// What went wrong in one line.
        error: Option<ErrorCode>,
        /// A sign-in is under way.
        busy: bool,
        /// What is asked for.
        step: SignInStep,
    },
    /// The desk and the sessions.
    Work {
        /// The desk.
        desk: DeskView,
        /// Sessions, oldest first.
        sessions: Vec<SessionView>,
    },
}

/// What the sign-in asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignInStep {
    /// Broker, name and password.
    Password,
    /// Name and password were right; the account has a second factor.
    SecondFactor,
}

/// The desk.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct DeskView {
    /// The operator's name.
    pub operator: String,
    /// The code that a customer may type now.
    pub code: Option<CodeView>,
    /// Who is waiting, longest first.
    pub knocks: Vec<KnockView>,
    /// Knocks return at once as away.
    pub away: bool,
    /// The signalling socket is up; otherwise it is being built anew.
    pub connected: bool,
    /// Round trip to the broker.
    pub delay_ms: Option<u32>,
    /// Something the operator should know: no certificate, an expiring status, a refusal.
    pub notice: Option<ErrorCode>,
    /// Sessions that ended since this sign-in, newest first, at most 20.
    pub recent: Vec<RecentView>,
    /// What sessions can be tagged with: the words of the house first, then the operator's own.
    pub tags: Vec<String>,
}

/// The access code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CodeView {
    /// Six digits, shown as `123 456`.
    pub code: String,
    /// What is left of its life.
    pub left_ms: u32,
    /// Its whole life.
    pub life_ms: u32,
}

/// A waiting customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KnockView {
    /// The session.
    pub sid: String,
    /// The customer's name, if given.
    pub name: Option<String>,
    /// Where from.
    pub address: String,
    /// How long the customer has waited.
    pub since_ms: u32,
    /// Which handshake of this code it would be, from 1.
    pub attempt: u8,
}

/// A session that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RecentView {
    /// Unix time of the start, in seconds.
    #[ts(type = "number")]
    pub started: u64,
    /// The customer's name, if given.
    pub name: Option<String>,
    /// How it ended.
    pub end: End,
    /// How long the picture was there; nothing if never.
    pub lasted_ms: Option<u32>,
    /// What carried it last.
    pub path: Option<PathKind>,
}

/// A session from *Accept* on.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SessionView {
    /// The session.
    pub sid: String,
    /// The customer's name, if given.
    pub name: Option<String>,
    /// Where from.
    pub address: String,
    /// The check number.
    pub check: CheckView,
    /// What the customer has decided.
    pub consent: ConsentView,
    /// It is not the first handshake of this code: both screens warn.
    pub again: bool,
    /// Milliseconds since the picture began, if it has; once it is over, how long it lasted.
    pub since_ms: Option<u32>,
    /// Rights, always the same ones in the same order.
    pub rights: Vec<RightView>,
    /// What carries the session, or nothing while every path is gone; once it is over, what carried it last.
    pub path: Option<PathKind>,
    /// Round trip to the customer.
    pub delay_ms: Option<u32>,
    /// Frames in the last second.
    pub frames: u32,
    /// Why input is held back.
    pub held: Option<InputHold>,
    /// The customer's monitors.
    pub displays: Vec<DisplayInfo>,
    /// The end, if it is over.
    pub end: Option<End>,
    /// How far the operator's note of it has come, once it is over.
    pub noting: NotingView,
}

/// How far a note has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum NotingView {
    /// Nothing was said yet.
    Open,
    /// It is on its way. Once the broker has it, the session's screen is left.
    Saving,
    /// The broker doesn't have it.
    Failed {
        /// Why.
        error: ErrorCode,
    },
}

/// How far the check is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum CheckView {
    /// The handshake still runs.
    Shaking,
    /// Mode 1: the operator types what the customer reads out.
    Type {
        /// Tries left.
        tries_left: u8,
        /// The last number did not match.
        mismatch: bool,
        /// What was typed last was the access code.
        typed_code: bool,
    },
    /// Modes 0 and 2: both see it, or the operator reads it out; the operator confirms by a button.
    Compare {
        /// Six digits.
        number: String,
        /// The operator reads it out and the customer types it (mode 2).
        read_out: bool,
    },
    /// It matched.
    Matched,
}

/// What the customer has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum ConsentView {
    /// The customer reads and decides.
    Deciding {
        /// What is left of the wait.
        left_ms: u32,
    },
    /// Yes.
    Allowed,
    /// No.
    Refused,
}

/// One right as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, rename = "ManagerRightView")]
pub struct RightView {
    /// The right.
    pub right: Right,
    /// Off, asked for, on.
    pub state: RightState,
    /// What is left of the lease while on.
    pub left_ms: Option<u32>,
    /// The whole lease.
    pub lease_ms: u32,
}

/// Whether a right is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RightState {
    /// Not there, may be asked for.
    Off,
    /// Asked for; the customer has not answered.
    Asked,
    /// There.
    On,
    /// The customer said no to the last request.
    Denied,
    /// The organisation forbids it.
    Forbidden,
}

/// What the operator did in the picture, as the page reports it with the command `send_input`.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum PageInput {
    /// The pointer moved: pixels of the customer's screen.
    Move {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// `MouseEvent.button` went down or up.
    Button {
        /// 0 left, 1 middle, 2 right, 3 back, 4 forward.
        button: u8,
        /// Down or up.
        down: bool,
    },
    /// The wheel, in 120ths of a notch; positive is right and down.
    Scroll {
        /// Sideways.
        dx: i16,
        /// Up and down.
        dy: i16,
    },
    /// A key.
    Key {
        /// `KeyboardEvent.code`.
        code: String,
        /// Down or up.
        down: bool,
    },
    /// Text from an input method.
    Text {
        /// The text.
        text: String,
    },
    /// The page lost the keyboard.
    ReleaseAll,
}

/// What the page needs to know before its first view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ManagerSettings {
    /// `ko`, `ja` or `en`: chosen earlier, or the system's.
    pub language: String,
}
