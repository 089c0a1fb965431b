//! Error answers: problem details (RFC 9457).

use std::fmt;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use beside_broker_core::sign_in_defence::Turned;
use beside_protocol::ErrorCode;
use beside_protocol::api::Problem;
use beside_protocol::proof::Challenge;

use crate::credentials::passwords::PasswordFault;
use crate::storage::StorageError;

/// A request that is not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// After which time another try makes sense.
    pub retry_after: Option<Duration>,
    /// What exactly is wrong with what was sent: stable names.
    pub reasons: Vec<&'static str>,
    /// What to solve before another try.
    pub challenge: Option<Challenge>,
}

impl Refusal {
    /// A request that is not granted, and what exactly is wrong with it.
    #[must_use]
    pub fn because(code: ErrorCode, reasons: impl IntoIterator<Item = &'static str>) -> Self {
        Self { reasons: reasons.into_iter().collect(), ..code.into() }
    }

    /// A password that may not be chosen.
    #[must_use]
    pub fn password(faults: &[PasswordFault]) -> Self {
        Self::because(ErrorCode::PasswordRefused, faults.iter().map(|fault| fault.as_str()))
    }

    fn status(&self) -> StatusCode {
        match self.code {
            ErrorCode::SignInRefused
            | ErrorCode::SignedOut
            | ErrorCode::SecondFactorNeeded
            | ErrorCode::SecondFactorRefused => StatusCode::UNAUTHORIZED,
            ErrorCode::Forbidden
            | ErrorCode::NotAnOperator
            | ErrorCode::SecondFactorMissing
            | ErrorCode::AddressRefused
            | ErrorCode::HoursRefused
            | ErrorCode::Blocked
            | ErrorCode::CsrfRefused
            | ErrorCode::StepUpNeeded => StatusCode::FORBIDDEN,
            ErrorCode::NotFound | ErrorCode::LinkInvalid => StatusCode::NOT_FOUND,
            ErrorCode::Exists | ErrorCode::Conflict | ErrorCode::WouldLockOut => StatusCode::CONFLICT,
            ErrorCode::MessageTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooManyTries | ErrorCode::ProofNeeded => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::Overloaded | ErrorCode::Draining | ErrorCode::StorageFull | ErrorCode::StorageFailed => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ErrorCode::MessageMalformed | ErrorCode::MessageUnexpected => StatusCode::BAD_REQUEST,
            ErrorCode::PasswordRefused
            | ErrorCode::ReasonNeeded
            | ErrorCode::CertificateInvalid
            | ErrorCode::CertificateForeign
            | ErrorCode::CertificateExpired
            | ErrorCode::CertificateRevoked
            | ErrorCode::StatusInvalid
            | ErrorCode::StatusExpired => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::CodeRefused
            | ErrorCode::CodeWornOut
            | ErrorCode::BrokerUnreachable
            | ErrorCode::BrokerNotTrusted
            | ErrorCode::BrokerLost
            | ErrorCode::BrokerMisbehaved
            | ErrorCode::Clock
            | ErrorCode::OrganisationInvalid
            | ErrorCode::OrganisationExpired
            | ErrorCode::CertificateMissing
            | ErrorCode::StatusMissing
            | ErrorCode::HandshakeFailed
            | ErrorCode::VersionUnknown
            | ErrorCode::RecordForged
            | ErrorCode::NotPermitted
            | ErrorCode::NotAllowedByPolicy
            | ErrorCode::CheckFailed
            | ErrorCode::NoAnswer
            | ErrorCode::PeerLost
            | ErrorCode::Busy
            | ErrorCode::CaptureFailed
            | ErrorCode::InputFailed
            | ErrorCode::PictureInvalid
            | ErrorCode::AlreadyOpen
            | ErrorCode::OperatorKeyMissing
            | ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code, retry_after: None, reasons: Vec::new(), challenge: None }
    }
}

impl From<Turned> for Refusal {
    fn from(turned: Turned) -> Self {
        let code = turned.code();
        match turned {
            Turned::Wait(wait) | Turned::Blocked(wait) => Self { retry_after: Some(wait), ..code.into() },
            Turned::Prove(challenge) => Self { challenge: Some(challenge), ..code.into() },
        }
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "the database refused");
        error.code().into()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status();
        // Rounded up, so that a try after it is not early.
        let retry_after = self.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: self.code,
            retry_after,
            challenge: self.challenge,
            reasons: self.reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        };
        let mut response = HttpResponse::build(status);
        if let Some(seconds) = retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.content_type("application/problem+json").body(serde_json::to_string(&problem).unwrap_or_default())
    }
}
