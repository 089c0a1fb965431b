//! What proves the operator to the customer: the key on this machine, and the statements that the broker keeps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_crypto::{OperatorCredential, sealed_key};
use beside_identity::statement::{Kind, Operator, Organisation, Status};
use beside_identity::{SigningKey, UnixTime, Verified};
use beside_installation::DataFolder;
use beside_protocol::api::Credential;
use beside_protocol::{ErrorCode, OperatorId};

/// What an operator brings to every session of this sign-in.
#[derive(Debug)]
pub(crate) struct Proof(OperatorCredential);

impl Proof {
    /// Opens the key with the password and verifies the statements, which come from a broker that nobody trusts.
    pub(crate) fn gather(
        data: &DataFolder,
        organisation: Option<&Verified<Organisation>>,
        id: &OperatorId,
        password: &str,
        kept: &Credential,
        now: UnixTime,
    ) -> Result<Self, ErrorCode> {
        let organisation = organisation.ok_or(ErrorCode::CertificateMissing)?.body();
        let key = open_key(data, id, password)?;
        let operator = decode(kept.operator.as_deref(), ErrorCode::CertificateMissing, ErrorCode::CertificateInvalid)?;
        let operator =
            Verified::<Operator>::verify(&operator, organisation, now).map_err(|error| error.code(Kind::Operator))?;
        if operator.body().id != *id {
            return Err(ErrorCode::CertificateForeign);
        }
        let status = decode(kept.status.as_deref(), ErrorCode::StatusMissing, ErrorCode::StatusInvalid)?;
        let status =
            Verified::<Status>::verify(&status, organisation, now).map_err(|error| error.code(Kind::Status))?;
        status.body().check_revocation(&operator).map_err(|error| error.code(Kind::Operator))?;
        OperatorCredential::new(key, operator, status).map(Self).map_err(|_| ErrorCode::CertificateForeign)
    }

    pub(crate) fn credential(&self) -> OperatorCredential {
        self.0.clone()
    }

    /// What has run out by now, if anything has.
    pub(crate) fn check(&self, now: UnixTime) -> Result<(), ErrorCode> {
        self.0.operator().check_life(now).map_err(|error| error.code(Kind::Operator))?;
        self.0.status().check_life(now).map_err(|error| error.code(Kind::Status))
    }
}

fn open_key(data: &DataFolder, id: &OperatorId, password: &str) -> Result<SigningKey, ErrorCode> {
    // An id is visible ASCII, so the only thing that must not reach the path is a separator.
    if id.as_str().contains(['/', '\\', ':']) {
        return Err(ErrorCode::OperatorKeyMissing);
    }
    let sealed = data
        .read(&format!("keys/{id}.json"))
        .map_err(|_| ErrorCode::OperatorKeyMissing)?
        .ok_or(ErrorCode::OperatorKeyMissing)?;
    sealed_key::open(password, &sealed).map_err(|_| ErrorCode::OperatorKeyMissing)
}

fn decode(text: Option<&str>, missing: ErrorCode, invalid: ErrorCode) -> Result<Vec<u8>, ErrorCode> {
    STANDARD.decode(text.ok_or(missing)?).map_err(|_| invalid)
}
