//! Stable error codes. Every one has words in Korean, Japanese and English in `ui/kit`.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// What went wrong, as apps, broker and logs name it. The text form never changes meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[ts(export)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl ErrorCode {
            /// Every code, for tests that demand words for each.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

error_codes! {
    /// The access code is wrong, spent, expired or in use: one answer for all.
    CodeRefused = "code_refused",
    /// Too many wrong codes or sign-ins from this address for now.
    TooManyTries = "too_many_tries",
    /// The code has had its three handshakes.
    CodeWornOut = "code_worn_out",
    /// The broker can't be reached.
    BrokerUnreachable = "broker_unreachable",
    /// The broker's TLS certificate is not trusted. There is no "continue anyway".
    BrokerNotTrusted = "broker_not_trusted",
    /// The connection to the broker broke and did not come back in time.
    BrokerLost = "broker_lost",
    /// The broker answered something that it never should.
    BrokerMisbehaved = "broker_misbehaved",
    /// This machine's clock is ahead; statements look expired.
    Clock = "clock",
    /// org.json is not readable or its signature does not hold.
    OrganisationInvalid = "organisation_invalid",
    /// org.json has expired.
    OrganisationExpired = "organisation_expired",
    /// The operator has no certificate, though this organisation demands one.
    CertificateMissing = "certificate_missing",
    /// The operator's certificate is altered or malformed.
    CertificateInvalid = "certificate_invalid",
    /// The operator's certificate is signed by another organisation.
    CertificateForeign = "certificate_foreign",
    /// The operator's certificate has expired.
    CertificateExpired = "certificate_expired",
    /// The operator's certificate is revoked.
    CertificateRevoked = "certificate_revoked",
    /// The organisation's status is missing.
    StatusMissing = "status_missing",
    /// The organisation's status is altered, malformed or older than one seen before.
    StatusInvalid = "status_invalid",
    /// The organisation's status has expired.
    StatusExpired = "status_expired",
    /// The handshake did not verify: somebody may sit between the two sides.
    HandshakeFailed = "handshake_failed",
    /// The other side speaks a version that this one does not.
    VersionUnknown = "version_unknown",
    /// A message was malformed.
    MessageMalformed = "message_malformed",
    /// A message was too large.
    MessageTooLarge = "message_too_large",
    /// A message came where it has no place.
    MessageUnexpected = "message_unexpected",
    /// Records did not open: they were altered on the way or not sealed for this session.
    RecordForged = "record_forged",
    /// Something was asked or sent without the customer's permission for it.
    NotPermitted = "not_permitted",
    /// The organisation does not allow this right.
    NotAllowedByPolicy = "not_allowed_by_policy",
    /// The check number did not match three times.
    CheckFailed = "check_failed",
    /// A person did not answer in time.
    NoAnswer = "no_answer",
    /// The other side vanished.
    PeerLost = "peer_lost",
    /// The other side is in another session with this customer already.
    Busy = "busy",
    /// This machine's screen can't be read.
    CaptureFailed = "capture_failed",
    /// This machine does not take simulated input.
    InputFailed = "input_failed",
    /// The picture that arrived could not be decoded.
    PictureInvalid = "picture_invalid",
    /// Beside is open already on this machine.
    AlreadyOpen = "already_open",
    /// Name or password is wrong: one vague answer.
    SignInRefused = "sign_in_refused",
    /// The sign-in ended: signed in elsewhere, or ended by an administrator.
    SignedOut = "signed_out",
    /// This account is not an operator's.
    NotAnOperator = "not_an_operator",
    /// The operator's key is not on this machine or does not open with this password.
    OperatorKeyMissing = "operator_key_missing",
    /// The account may not do this.
    Forbidden = "forbidden",
    /// What was asked for does not exist.
    NotFound = "not_found",
    /// Name and password are right; the code of the second factor is needed as well.
    SecondFactorNeeded = "second_factor_needed",
    /// The code of the second factor is wrong or was used before.
    SecondFactorRefused = "second_factor_refused",
    /// The account needs a second factor and has none yet.
    SecondFactorMissing = "second_factor_missing",
    /// A proof of work is needed, because there were many wrong tries.
    ProofNeeded = "proof_needed",
    /// The account may not be used from this address.
    AddressRefused = "address_refused",
    /// The account may not be used at this time.
    HoursRefused = "hours_refused",
    /// The account or address is blocked for now.
    Blocked = "blocked",
    /// The new password breaks a rule; the reasons say which.
    PasswordRefused = "password_refused",
    /// The account link is unknown, used or expired: one answer for all.
    LinkInvalid = "link_invalid",
    /// A sensitive action needs the second factor again.
    StepUpNeeded = "step_up_needed",
    /// A browser's request did not show that it comes from the console's own pages.
    CsrfRefused = "csrf_refused",
    /// A sensitive action needs a reason for the log.
    ReasonNeeded = "reason_needed",
    /// The change would shut out the one who makes it; it needs a confirmation.
    WouldLockOut = "would_lock_out",
    /// Something of this name, or one that looks like it, exists already.
    Exists = "exists",
    /// The thing is not in a state in which this can be done.
    Conflict = "conflict",
    /// The broker is about to stop: running sessions go on, new ones wait.
    Draining = "draining",
    /// The broker's disk is full.
    StorageFull = "storage_full",
    /// The broker's database does not answer or is damaged.
    StorageFailed = "storage_failed",
    /// The server is too busy; trying again later helps.
    Overloaded = "overloaded",
    /// Something failed inside; the log has more.
    Internal = "internal",
}

/// By hand: the derive takes the names of the variants, since it does not see the texts through the macro.
#[cfg(feature = "openapi")]
mod schema {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    use utoipa::openapi::{RefOr, Schema};

    use super::ErrorCode;

    impl utoipa::PartialSchema for ErrorCode {
        fn schema() -> RefOr<Schema> {
            let texts = Self::ALL.iter().map(|code| code.as_str());
            let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(texts));
            schema.description(Some("What went wrong; a text never changes its meaning.")).into()
        }
    }

    impl utoipa::ToSchema for ErrorCode {}
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_code_is_what_goes_over_the_wire() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
        }
    }
}
