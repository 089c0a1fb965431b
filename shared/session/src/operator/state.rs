//! What the operator's screens need to know.

use std::time::Duration;

use beside_protocol::control::{DisplayInfo, InputHold};
use beside_protocol::path::PathKind;
use beside_protocol::{CheckNumber, DisplayId, End, Right, Rights};

/// The state at one moment; durations count from that moment.
#[derive(Debug, Clone)]
pub struct OperatorState {
    /// How far the check is.
    pub check: Check,
    /// What the customer has decided.
    pub decision: Decision,
    /// It is not the first handshake of this code: the screen warns.
    pub again: bool,
    /// Since the picture was allowed to begin, if it was.
    pub since: Option<Duration>,
    /// What the operator's organisation allows to be asked for.
    pub allowed: Rights,
    /// Rights that are on, asked for or denied; every other one is off.
    pub rights: Vec<RightSeen>,
    /// What carries the session; nothing while every path is gone.
    pub path: Option<PathKind>,
    /// Round trip to the customer, if measured.
    pub delay: Option<Duration>,
    /// Frames applied in the last second.
    pub frames: u32,
    /// Why input is held back.
    pub held: Option<InputHold>,
    /// The customer's monitors.
    pub displays: Vec<DisplayInfo>,
    /// The shared one, once known.
    pub shared: Option<DisplayId>,
    /// The end, if it is over.
    pub end: Option<End>,
    /// How long the session lasted, if it is over and came to one.
    pub lasted: Option<Duration>,
}

/// How far the check of the number is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The handshake still runs.
    Shaking,
    /// The operator types what the customer reads out (mode 1).
    Type {
        /// Tries left, from 3.
        tries_left: u8,
        /// The last try did not match.
        mismatch: bool,
        /// The last try was the access code.
        typed_code: bool,
    },
    /// The operator sees it and confirms by a button (modes 0 and 2).
    Compare {
        /// The number.
        number: CheckNumber,
        /// The operator reads it out and the customer types it (mode 2).
        read_out: bool,
    },
    /// It matched.
    Matched,
}

/// What the customer has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The customer reads and decides.
    Deciding {
        /// What is left of the wait.
        left: Duration,
    },
    /// Yes.
    Allowed,
    /// No, or the number did not match on the customer's side.
    Refused,
}

/// One right as the operator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightSeen {
    /// The right.
    pub right: Right,
    /// How it stands.
    pub standing: Standing,
}

/// How a right stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Asked for; the customer has not answered.
    Asked,
    /// There.
    On {
        /// What is left of the lease, by this side's clock.
        left: Duration,
        /// The whole lease.
        lease: Duration,
    },
    /// The customer said no to the last request.
    Denied,
}
