//! Alerts and blocks, as they are stored, sent and carried out.

use std::collections::BTreeMap;
use std::fmt;

use beside_protocol::ids::OperatorId;
use serde::{Deserialize, Serialize};

use crate::address::Place;
use crate::observation::Certificate;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// Tell somebody.
    Raise(Alert),
    /// Block somebody.
    Block(Block),
}

/// What somebody should be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What kind of thing it is.
    pub kind: AlertKind,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// The numbers that made it an alert, each named with its unit.
    pub numbers: BTreeMap<&'static str, i64>,
    /// How many of this kind and subject were not told since the last one.
    pub swallowed: u32,
    /// Unix milliseconds.
    pub at: i64,
}

macro_rules! alert_kinds {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The kinds of alerts. The text form never changes meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum AlertKind {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl AlertKind {
            /// Every kind, for whoever needs words for each.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

alert_kinds! {
    /// Many failed sign-ins, of one account or from one place.
    RepeatedFailures = "repeated_failures",
    /// An account was signed in to from a place where it never was.
    NewAddress = "new_address",
    /// An account was signed in to at an hour at which it never is.
    OddHour = "odd_hour",
    /// An account was used again and again from an address that is on none of its lists.
    AddressRefused = "address_refused",
    /// A name is locked.
    NameLocked = "name_locked",
    /// A place is blocked.
    PlaceBlocked = "place_blocked",
    /// Codes are being guessed from many places.
    CodeGuessing = "code_guessing",
    /// An account looks at more records of people than anybody reads.
    BulkLookUps = "bulk_look_ups",
    /// An account exports many records.
    BulkExport = "bulk_export",
    /// The audit log does not verify, or can't be written.
    AuditFault = "audit_fault",
    /// The disk is nearly full.
    DiskSpace = "disk_space",
    /// A certificate ends soon, or has ended.
    CertificateExpiry = "certificate_expiry",
    /// Too many connections.
    Connections = "connections",
    /// Too much is relayed.
    RelayLoad = "relay_load",
    /// Too many sign-ins wait.
    QueueDepth = "queue_depth",
    /// Too many requests fail.
    ErrorRate = "error_rate",
    /// The clock jumped.
    ClockJumped = "clock_jumped",
    /// The self-check found something wrong or weak.
    SelfCheck = "self_check",
    /// A backup could not be made.
    BackupFailed = "backup_failed",
    /// Somebody tries whether alerts arrive.
    Trial = "trial",
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Notice,
    /// Somebody should look.
    Warning,
    /// Somebody must act.
    Critical,
}

impl Severity {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What an alert is about. Places are personal data: they show through `Display` only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The broker itself.
    Broker,
    /// An account.
    Account(OperatorId),
    /// Names that no account has, all of them together.
    UnknownName,
    /// A place.
    Place(Place),
    /// A certificate.
    Certificate(Certificate),
}

impl Subject {
    /// The account of a name, or that there is none.
    #[must_use]
    pub fn of(account: Option<OperatorId>) -> Self {
        account.map_or(Self::UnknownName, Self::Account)
    }

    /// What kind of subject it is, as stable text.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Account(_) => "account",
            Self::UnknownName => "unknown_name",
            Self::Place(_) => "place",
            Self::Certificate(_) => "certificate",
        }
    }
}

/// Which of its kind it is; nothing where there is only one.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broker | Self::UnknownName => Ok(()),
            Self::Account(account) => account.fmt(f),
            Self::Place(place) => place.fmt(f),
            Self::Certificate(Certificate::Tls) => f.write_str("tls"),
            Self::Certificate(Certificate::Status) => f.write_str("status"),
            Self::Certificate(Certificate::Operator(operator)) => write!(f, "operator {operator}"),
        }
    }
}

/// Somebody to be blocked for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Whom.
    pub whom: Whom,
    /// Until when, in Unix milliseconds: it outlives the process.
    pub until: i64,
    /// The alert that it came with.
    pub because: AlertKind,
}

/// Who can be blocked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// An account.
    Account(OperatorId),
    /// A place.
    Place(Place),
}
