//! Why a session can't go on, and who is to blame.

use beside_crypto::HandshakeError;
use beside_protocol::{End, EndReason, ErrorCode, Party};
use thiserror::Error;

/// Why a session can't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SessionError {
    /// The other side, or somebody who sits between, broke the protocol or is not whom it must be.
    #[error("the other side misbehaved: {0}")]
    PeerMisbehaved(ErrorCode),
    /// The broker ended it.
    #[error("the broker ended it: {0:?}")]
    BrokerRefused(End),
    /// Something failed on this machine.
    #[error("this side failed: {0}")]
    Local(ErrorCode),
}

impl SessionError {
    /// The end that this error is for the side that found it.
    #[must_use]
    pub const fn end(self, side: Party) -> End {
        match self {
            Self::PeerMisbehaved(error) => {
                let (by, reason) = blame(error, side);
                End::failed(by, reason, error)
            }
            Self::BrokerRefused(end) => end,
            Self::Local(ErrorCode::Clock) => End::failed(side, EndReason::NotTrusted, ErrorCode::Clock),
            Self::Local(error) => End::failed(side, EndReason::Failed, error),
        }
    }
}

/// A peer that is gone or silent, or can't show who it is, gets another word than one that breaks rules.
const fn blame(error: ErrorCode, side: Party) -> (Party, EndReason) {
    use ErrorCode as E;
    if matches!(error, E::PeerLost | E::BrokerLost) {
        (Party::Nobody, EndReason::Lost)
    } else if matches!(error, E::NoAnswer) {
        (Party::Nobody, EndReason::TimedOut)
    } else if matches!(error, E::CheckFailed) {
        (side, EndReason::NumberDiffers)
    } else if is_about_trust(error) {
        (side, EndReason::NotTrusted)
    } else {
        (side, EndReason::Misbehaved)
    }
}

const fn is_about_trust(error: ErrorCode) -> bool {
    use ErrorCode as E;
    matches!(
        error,
        E::OrganisationExpired
            | E::CertificateMissing
            | E::CertificateInvalid
            | E::CertificateForeign
            | E::CertificateExpired
            | E::CertificateRevoked
            | E::StatusMissing
            | E::StatusInvalid
            | E::StatusExpired
            | E::NotAllowedByPolicy
    )
}

impl From<HandshakeError> for SessionError {
    fn from(error: HandshakeError) -> Self {
        match error {
            HandshakeError::Clock { .. } | HandshakeError::OwnCapabilities => Self::Local(error.code()),
            HandshakeError::Unexpected
            | HandshakeError::TooLarge
            | HandshakeError::Malformed(_)
            | HandshakeError::Version
            | HandshakeError::Commitment
            | HandshakeError::Reflected
            | HandshakeError::NotSealed
            | HandshakeError::SecondMessage
            | HandshakeError::StatementSwapped
            | HandshakeError::OperatorSignature
            | HandshakeError::CertificateMissing
            | HandshakeError::StatusMissing
            | HandshakeError::Statement { .. }
            | HandshakeError::AnotherSession
            | HandshakeError::AttachProof => Self::PeerMisbehaved(error.code()),
        }
    }
}
