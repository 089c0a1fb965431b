//! One session, from the knock to the last late report. Each stage is a type with its own fields, and owns the held
//! code as long as there is one.

use std::time::Duration;

use beside_protocol::End;
use beside_protocol::ids::OperatorId;
use beside_protocol::signalling::Bytes;

use crate::address::Address;
use crate::codes::HeldCode;
use crate::effect::SocketId;
use crate::name::PersonName;
use crate::reports::Reports;
use crate::sign_ins::{SignInId, TokenHash};

/// What all stages share.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) desk: SignInId,
    /// Whose code it was; a session may outlive the desk.
    pub(crate) operator: OperatorId,
    pub(crate) token: TokenHash,
    pub(crate) customer: Presence,
    pub(crate) name: Option<PersonName>,
    pub(crate) reports: Reports,
    pub(crate) stage: Stage,
}

/// Where a session stands.
#[derive(Debug)]
pub(crate) enum Stage {
    Knocking(Knocking),
    Pairing(Pairing),
    Active(Active),
    Closing(Closing),
}

/// The operator has been told and has not answered.
#[derive(Debug)]
pub(crate) struct Knocking {
    pub(crate) held: HeldCode,
    pub(crate) m1: Bytes,
    pub(crate) from: Address,
    pub(crate) since: Duration,
    /// The same as Unix milliseconds, for whoever looks on.
    pub(crate) at: i64,
}

/// The operator accepted; M3, M4, M5, the check and the customer's decision are under way.
#[derive(Debug)]
pub(crate) struct Pairing {
    pub(crate) held: HeldCode,
    /// Kept for a customer whose socket was lost just then.
    pub(crate) m2: Bytes,
    pub(crate) since: Duration,
    /// M5 went by; whether it accepted only the apps can tell.
    pub(crate) decided: bool,
}

/// The customer accepted.
#[derive(Debug)]
pub(crate) struct Active {
    /// Since when: Unix milliseconds, for whoever looks on. A session may be older than this process.
    pub(crate) since: i64,
}

/// It ended; late reports and frames are taken until then.
#[derive(Debug)]
pub(crate) struct Closing {
    pub(crate) until: Duration,
    /// For a manager whose socket was lost just then.
    pub(crate) end: End,
}

/// Whether an app's socket is there, or since when it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Here(SocketId),
    GoneSince(Duration),
}

impl Presence {
    pub(crate) const fn socket(self) -> Option<SocketId> {
        match self {
            Self::Here(socket) => Some(socket),
            Self::GoneSince(_) => None,
        }
    }

    /// Whether it has been gone for `grace` at `now`.
    pub(crate) fn gone_for(self, grace: Duration, now: Duration) -> bool {
        match self {
            Self::Here(_) => false,
            Self::GoneSince(since) => since + grace <= now,
        }
    }
}
