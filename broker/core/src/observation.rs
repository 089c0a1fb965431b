//! What is worth a thought: things that happen, one by one, of which [`alarms`](crate::alarms) may make an alert.

use beside_protocol::ids::OperatorId;

use crate::address::Place;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// A sign-in failed: the name, the password or the second factor was wrong.
    SignInFailed {
        /// The account, if there is one of that name.
        account: Option<OperatorId>,
        /// Where.
        place: Place,
    },
    /// Somebody signed in.
    SignedIn {
        /// Whose account.
        account: OperatorId,
        /// Where.
        place: Place,
        /// The hour that clocks showed there where the broker is run, 0 to 23.
        local_hour: u8,
    },
    /// An account was used from an address that is on none of its lists.
    AddressRefused {
        /// Whose account.
        account: OperatorId,
        /// Where.
        place: Place,
    },
    /// A name failed so often that it is locked.
    NameLocked {
        /// The account, if there is one of that name.
        account: Option<OperatorId>,
    },
    /// A place failed with so many names that it is blocked.
    PlaceBlocked {
        /// Where.
        place: Place,
    },
    /// Codes are being guessed from many places: from now on, and until that ends, knocks need a proof of work.
    CodeGuessing {
        /// Wrong codes in the last hour.
        wrong_in_hour: u64,
    },
    /// An account looked at records of people.
    LookedUp {
        /// Whose account.
        account: OperatorId,
        /// How many records.
        count: u64,
    },
    /// An account exported records.
    Exported {
        /// Whose account.
        account: OperatorId,
        /// How many.
        rows: u64,
    },
    /// The audit log does not verify, or can't be written.
    AuditFault,
    /// How much of the broker's disk is free, 0 to 1.
    DiskFree {
        /// The share.
        ratio: f64,
    },
    /// How long a certificate lives.
    CertificateLeft {
        /// Which.
        certificate: Certificate,
        /// In days; below zero it has expired.
        days: i64,
    },
    /// How much there is to do.
    Load(LoadMeasure),
    /// The self-check found something.
    SelfCheck {
        /// Things that don't work, or will soon not.
        wrong: u64,
        /// Things that an attacker or an accident would be glad of.
        weak: u64,
    },
    /// A backup could not be made.
    BackupFailed,
    /// Somebody tries whether alerts arrive.
    Tried {
        /// Who.
        account: OperatorId,
    },
    /// The wall clock and the monotonic one went apart.
    ClockJumped {
        /// By so many milliseconds, ahead if positive.
        by_ms: i64,
    },
}

/// A certificate that somebody has to renew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certificate {
    /// The broker's own, of TLS.
    Tls,
    /// The organisation's status statement.
    Status,
    /// An operator's.
    Operator(OperatorId),
}

/// What the broker carries at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadMeasure {
    /// Open sockets.
    pub connections: u64,
    /// Relayed bytes a second.
    pub relay_bytes_per_second: u64,
    /// Sign-ins that wait for their password to be hashed.
    pub queue_depth: u64,
    /// The share of requests that failed through the broker's own fault, 0 to 1.
    pub error_rate: f64,
}
