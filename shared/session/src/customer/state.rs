//! What the customer's screens need to know.

use std::time::Duration;

use beside_identity::{Operator, UnixTime, Verified};
use beside_protocol::control::{DisplayInfo, InputHold};
use beside_protocol::path::PathKind;
use beside_protocol::{CheckNumber, DisplayId, End, Right, Rights};

/// The state at one moment; durations count from that moment.
#[derive(Debug, Clone)]
pub struct CustomerState {
    /// The operator, once a certificate was verified. Without org.json nobody ever is.
    pub operator: Option<Verified<Operator>>,
    /// When the verified status was issued: the newest seen, to be remembered.
    pub status_issued: Option<UnixTime>,
    /// It is not the first handshake of this code: the screen warns.
    pub again: bool,
    /// The signalling socket is lost.
    pub alone: bool,
    /// How far it is.
    pub phase: CustomerPhase,
}

/// How far a session is on the customer's side.
#[derive(Debug, Clone)]
pub enum CustomerPhase {
    /// Knocked; nobody has accepted yet.
    Waiting {
        /// What is left of the wait.
        left: Duration,
    },
    /// Accepted; the handshake runs by itself.
    Shaking,
    /// Who is this?
    Who {
        /// What is left of the wait.
        left: Duration,
    },
    /// The check number is to be read out (modes 0 and 1).
    Number {
        /// The number.
        number: CheckNumber,
        /// What is left of the wait.
        left: Duration,
    },
    /// The check number is to be typed (mode 2).
    TypeNumber {
        /// Tries left, from 3.
        tries_left: u8,
        /// The last try did not match.
        mismatch: bool,
        /// The last try was the access code.
        typed_code: bool,
        /// What is left of the wait.
        left: Duration,
    },
    /// What will be allowed?
    Allow {
        /// How long the right to see will last.
        lease: Duration,
        /// What is left of the wait.
        left: Duration,
    },
    /// Allowed, but the operator has not said that the number matched: nobody sees the screen.
    Starting {
        /// What is left of the wait.
        left: Duration,
    },
    /// In session.
    Session(CustomerSession),
    /// Over.
    Ended {
        /// How.
        end: End,
        /// How long the session lasted, if it came to one.
        lasted: Option<Duration>,
    },
}

/// A session under way.
#[derive(Debug, Clone)]
pub struct CustomerSession {
    /// Since the operator may see the screen for the first time.
    pub since: Duration,
    /// What the organisation allows to be granted at all.
    pub allowed: Rights,
    /// Rights that are on.
    pub leases: Vec<LeaseLeft>,
    /// A request that waits for an answer.
    pub request: Option<RequestShown>,
    /// What carries the session; nothing while every path is gone.
    pub path: Option<PathKind>,
    /// Why input is held back.
    pub held: Option<InputHold>,
    /// The monitors.
    pub displays: Vec<DisplayInfo>,
    /// The shared one, once known.
    pub shared: Option<DisplayId>,
    /// Input events that were dropped for want of a permission.
    pub dropped_input: u64,
}

/// A right that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseLeft {
    /// The right.
    pub right: Right,
    /// What is left of its lease.
    pub left: Duration,
    /// The whole lease.
    pub lease: Duration,
}

/// A request of the operator as the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestShown {
    /// The right.
    pub right: Right,
    /// For how long.
    pub lease: Duration,
    /// The operator's words, hostile until shown as text; may be empty.
    pub reason: String,
}
