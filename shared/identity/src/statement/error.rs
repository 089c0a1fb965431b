//! Why a statement is not believed.

use beside_protocol::ErrorCode;
use thiserror::Error;

use crate::clock::UnixTime;
use crate::statement::Kind;

/// Why a statement is not believed, or can't be issued. Whoever presented it is to blame, except for
/// [`Expired`](Self::Expired), which may be the fault of this machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementError {
    /// The bytes are no statement of this kind; what is wrong with them.
    #[error("the statement is malformed: {0}")]
    Malformed(&'static str),
    /// None of the keys that may sign it has signed it.
    #[error("the statement is signed by a foreign key")]
    Foreign,
    /// It names the right key, but its signature does not hold: it was altered.
    #[error("the statement's signature does not hold")]
    Altered,
    /// Its life is over.
    #[error("the statement has expired at {}", .0.0)]
    Expired(UnixTime),
    /// Its life is longer than its kind may have.
    #[error("the statement's life is longer than its kind may have")]
    LifeTooLong,
    /// A newer one of its kind was seen before.
    #[error("the statement is older than one seen before")]
    OlderThanSeen,
    /// The organisation's status has revoked the key that it is about.
    #[error("the statement's key is revoked")]
    Revoked,
}

impl StatementError {
    /// The stable code for an error in a statement of this kind.
    #[must_use]
    pub const fn code(self, kind: Kind) -> ErrorCode {
        match (kind, self) {
            (Kind::Organisation, Self::Expired(_)) => ErrorCode::OrganisationExpired,
            (
                Kind::Organisation,
                Self::Malformed(_)
                | Self::Foreign
                | Self::Altered
                | Self::LifeTooLong
                | Self::OlderThanSeen
                | Self::Revoked,
            ) => ErrorCode::OrganisationInvalid,
            (Kind::Status, Self::Expired(_)) => ErrorCode::StatusExpired,
            (
                Kind::Status,
                Self::Malformed(_)
                | Self::Foreign
                | Self::Altered
                | Self::LifeTooLong
                | Self::OlderThanSeen
                | Self::Revoked,
            ) => ErrorCode::StatusInvalid,
            (Kind::Operator | Kind::Request, Self::Expired(_)) => ErrorCode::CertificateExpired,
            (Kind::Operator | Kind::Request, Self::Foreign) => ErrorCode::CertificateForeign,
            (Kind::Operator | Kind::Request, Self::Revoked) => ErrorCode::CertificateRevoked,
            (
                Kind::Operator | Kind::Request,
                Self::Malformed(_) | Self::Altered | Self::LifeTooLong | Self::OlderThanSeen,
            ) => ErrorCode::CertificateInvalid,
        }
    }
}
