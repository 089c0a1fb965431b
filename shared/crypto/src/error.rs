//! Why a handshake or an attach ends.

use beside_identity::{Kind, StatementError, UnixTime};
use beside_protocol::ErrorCode;
use thiserror::Error;

use crate::seal::NotSealed;

/// Why a handshake or an attach ends. Everything is the doing of the peer, or of somebody between, except for
/// [`Clock`](Self::Clock) and [`OwnCapabilities`](Self::OwnCapabilities), which are this side's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HandshakeError {
    /// The message is not what its place in the handshake asks for.
    #[error("a handshake message was expected, another came")]
    Unexpected,
    /// The message is longer than its kind may be.
    #[error("a handshake message is too long")]
    TooLarge,
    /// The message has the wrong length or an impossible field.
    #[error("a handshake message has a malformed {0}")]
    Malformed(&'static str),
    /// The customer speaks a version or suite that this build does not.
    #[error("the other side speaks another version")]
    Version,
    /// M3 is not what M1 committed to.
    #[error("the message does not fit its commitment")]
    Commitment,
    /// Our own ephemeral key came back.
    #[error("the other side sent our own key back")]
    Reflected,
    /// M4 or M5 does not open: the two sides don't share keys, or it was altered.
    #[error("a handshake message does not open")]
    NotSealed,
    /// A second, different message of a type that is sent once.
    #[error("a second, different message came")]
    SecondMessage,
    /// M4 holds another operator's statement than M2 announced.
    #[error("the operator's certificate is not the announced one")]
    StatementSwapped,
    /// The operator's signature over the handshake does not hold.
    #[error("the operator's signature does not hold")]
    OperatorSignature,
    /// The customer demands an operator's certificate and there is none.
    #[error("the operator has no certificate")]
    CertificateMissing,
    /// The customer demands a status and there is none.
    #[error("the organisation's status is missing")]
    StatusMissing,
    /// A statement is not believed.
    #[error("{error}")]
    Statement {
        /// Which.
        kind: Kind,
        /// Why.
        error: StatementError,
    },
    /// A statement looks expired, but everything signed says that this machine's clock is ahead.
    #[error("this machine's clock is ahead")]
    Clock {
        /// What the clock says.
        now: UnixTime,
    },
    /// This side announced "no org.json" and then came with one, or the other way round.
    #[error("the announced capabilities do not fit the organisation file")]
    OwnCapabilities,
    /// A1 names another session.
    #[error("the path asks for another session")]
    AnotherSession,
    /// The HMAC of A2 or A3 does not hold.
    #[error("the path's proof does not hold")]
    AttachProof,
}

impl HandshakeError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Unexpected | Self::AnotherSession => ErrorCode::MessageUnexpected,
            Self::TooLarge => ErrorCode::MessageTooLarge,
            Self::Malformed(_) => ErrorCode::MessageMalformed,
            Self::Version => ErrorCode::VersionUnknown,
            Self::Commitment
            | Self::Reflected
            | Self::NotSealed
            | Self::SecondMessage
            | Self::OperatorSignature
            | Self::AttachProof => ErrorCode::HandshakeFailed,
            Self::StatementSwapped => ErrorCode::CertificateInvalid,
            Self::CertificateMissing => ErrorCode::CertificateMissing,
            Self::StatusMissing => ErrorCode::StatusMissing,
            Self::Statement { kind, error } => error.code(kind),
            Self::Clock { .. } => ErrorCode::Clock,
            Self::OwnCapabilities => ErrorCode::Internal,
        }
    }
}

impl From<NotSealed> for HandshakeError {
    fn from(_: NotSealed) -> Self {
        Self::NotSealed
    }
}
