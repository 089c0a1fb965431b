//! What the core asks the rim to do.

use beside_protocol::ErrorCode;
use beside_protocol::device::DeviceId;
use beside_protocol::end::{End, Party};
use beside_protocol::ids::{OperatorId, SessionId};
use beside_protocol::signalling::{SessionEvent, ToCustomer, ToOperator};

use crate::address::Address;
use crate::name::PersonName;
use crate::observation::Observation;
use crate::sign_ins::TokenHash;

/// A socket, numbered by the rim; a number is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// One thing to do, in the order given. All records of one call are written, in one transaction, before anything
/// else of it is done.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Write to the log.
    Record(Record),
    /// Send to a customer's app.
    ToCustomer(SocketId, ToCustomer),
    /// Send to a manager.
    ToOperator(SocketId, ToOperator),
    /// Send what is queued, then close: with a reason if the other side is to blame.
    Close(SocketId, Option<ErrorCode>),
    /// From now on the relay carries frames of this session between these sockets, where they are there.
    Pair {
        /// The session.
        sid: SessionId,
        /// The customer's socket.
        customer: Option<SocketId>,
        /// The operator's socket.
        operator: Option<SocketId>,
        /// Whether frames are passed on, or swallowed because the session has just ended.
        open: bool,
    },
    /// The relay forgets the session.
    Unpair(SessionId),
    /// Something for whoever watches over the broker.
    Observed(Observation),
}

/// One thing for the log.
#[derive(Debug, Clone)]
pub enum Record {
    /// Somebody tried to sign in, and the password was looked at.
    SignIn {
        /// The account, if there is one of that name.
        account: Option<OperatorId>,
        /// From where.
        address: Address,
        /// What came of it.
        outcome: SignInOutcome,
        /// Unix milliseconds.
        at: i64,
    },
    /// A sign-in is alive from now on, also when the broker is started anew.
    SignInBegan {
        /// Whose.
        account: OperatorId,
        /// Its bearer token's hash.
        token: TokenHash,
        /// Unix milliseconds.
        at: i64,
    },
    /// Another bearer token stands for it from now on.
    SignInRenewed {
        /// The hash of the one that no longer does.
        old: TokenHash,
        /// The hash of the other.
        new: TokenHash,
    },
    /// It no longer is.
    SignInEnded {
        /// Whose.
        account: OperatorId,
        /// Its bearer token's hash.
        token: TokenHash,
        /// Unix milliseconds.
        at: i64,
    },
    /// A customer knocked; the row of the attempt begins.
    Knocked {
        /// The session.
        sid: SessionId,
        /// The hash of what the customer's app comes back with.
        token: TokenHash,
        /// Whose code it was.
        operator: OperatorId,
        /// Where the customer is.
        customer: Address,
        /// The number that the customer's app gave its computer, if it did.
        device: Option<DeviceId>,
        /// Where the operator's socket is, if there is one.
        operator_address: Option<Address>,
        /// Which handshake of the code it would be, from 1.
        attempt: u8,
        /// Unix milliseconds.
        at: i64,
    },
    /// The customer gave a name.
    Named {
        /// The session.
        sid: SessionId,
        /// The name.
        name: PersonName,
        /// Unix milliseconds.
        at: i64,
    },
    /// The operator accepted.
    Accepted {
        /// The session.
        sid: SessionId,
        /// Who.
        operator: OperatorId,
        /// Where the operator is.
        operator_address: Address,
        /// Unix milliseconds.
        at: i64,
    },
    /// An app reported something.
    Reported {
        /// The session.
        sid: SessionId,
        /// Whose app.
        side: Side,
        /// What.
        event: SessionEvent,
        /// Unix milliseconds.
        at: i64,
    },
    /// An app reported the end.
    EndReported {
        /// The session.
        sid: SessionId,
        /// Whose app.
        side: Side,
        /// How.
        end: End,
        /// Unix milliseconds.
        at: i64,
    },
    /// The session or attempt ended; its row is complete but for late reports.
    Ended {
        /// The session.
        sid: SessionId,
        /// How.
        end: End,
        /// Unix milliseconds.
        at: i64,
    },
    /// The two apps told different stories of the session.
    Differs {
        /// The session.
        sid: SessionId,
        /// Unix milliseconds.
        at: i64,
    },
}

impl Record {
    /// The session that it tells of.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Knocked { sid, .. }
            | Self::Named { sid, .. }
            | Self::Accepted { sid, .. }
            | Self::Reported { sid, .. }
            | Self::EndReported { sid, .. }
            | Self::Ended { sid, .. }
            | Self::Differs { sid, .. } => Some(*sid),
            Self::SignIn { .. } | Self::SignInBegan { .. } | Self::SignInRenewed { .. } | Self::SignInEnded { .. } => {
                None
            }
        }
    }
}

/// What came of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOutcome {
    /// It succeeded.
    SignedIn,
    /// No account has this name.
    UnknownName,
    /// The password is wrong.
    WrongPassword,
    /// The password is right, the code of the second factor is wrong or was used before.
    WrongSecondFactor,
    /// The password is right, but the account must have a second factor and has none.
    SecondFactorMissing,
    /// All of it is right, but not from this address.
    AddressRefused,
    /// All of it is right, but not at this time.
    HoursRefused,
    /// All of it is right, but accounts of this role don't sign in on this listener.
    WrongListener,
    /// The account is blocked.
    Blocked,
}

impl SignInOutcome {
    /// The outcome as it stands in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::UnknownName => "unknown_name",
            Self::WrongPassword => "wrong_password",
            Self::WrongSecondFactor => "wrong_second_factor",
            Self::SecondFactorMissing => "second_factor_missing",
            Self::AddressRefused => "address_refused",
            Self::HoursRefused => "hours_refused",
            Self::WrongListener => "wrong_listener",
            Self::Blocked => "blocked",
        }
    }

    /// Whether the account is signed in now.
    #[must_use]
    pub const fn succeeded(self) -> bool {
        matches!(self, Self::SignedIn)
    }
}

/// One of the two apps of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The customer's.
    Customer,
    /// The operator's.
    Operator,
}

impl Side {
    /// The side as it stands in an [`End`].
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::Customer => Party::Customer,
            Self::Operator => Party::Operator,
        }
    }

    /// The side as it stands in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Operator => "operator",
        }
    }
}
