//! Whether a customer may go on with this operator.

use beside_identity::{
    Clock, Kind, Operator, Organisation, SIGNATURE_LENGTH, StatementError, Status, UnixTime, Verified,
};
use sha2::{Digest as _, Sha256};

use crate::error::HandshakeError;
use crate::message::Proof;

/// What the operator signs TH under.
pub(crate) const OPERATOR_LABEL: &str = "beside1 operator auth";

/// What a customer's side trusts before it meets an operator.
#[derive(Debug, Clone, Default)]
pub struct CustomerTrust {
    /// From org.json. With one, a valid certificate and status are demanded; there is no falling back to the number.
    pub organisation: Option<Verified<Organisation>>,
    /// `issued` of the newest status of this organisation seen so far; an older one is refused.
    pub newest_status: Option<UnixTime>,
}

/// An operator that the organisation vouches for today, and that holds the certified key.
pub(crate) struct Certified {
    pub(crate) operator: Verified<Operator>,
    pub(crate) status: Verified<Status>,
}

/// The hash that M2 announces: of the operator's statement, or zeros if there is none.
pub(crate) fn announcement(operator: &[u8]) -> [u8; 32] {
    if operator.is_empty() { [0; 32] } else { Sha256::digest(operator).into() }
}

impl CustomerTrust {
    /// Judges M4's contents; without an organisation there is nothing to judge them by, and nothing of them is believed.
    pub(crate) fn judge(
        &self,
        proof: &Proof<'_>,
        announced: &[u8; 32],
        th: &[u8; 32],
        now: UnixTime,
    ) -> Result<Option<Certified>, HandshakeError> {
        if announcement(proof.operator) != *announced {
            return Err(HandshakeError::StatementSwapped);
        }
        let Some(organisation) = &self.organisation else { return Ok(None) };
        if proof.operator.is_empty() {
            return Err(HandshakeError::CertificateMissing);
        }
        if proof.status.is_empty() {
            return Err(HandshakeError::StatusMissing);
        }
        // Signatures first and lives after, for every `issued` that verifies tells what time it is.
        let whenever = UnixTime(0);
        let operator = Verified::<Operator>::verify(proof.operator, organisation.body(), whenever)
            .map_err(refuse(Kind::Operator))?;
        let status =
            Verified::<Status>::verify(proof.status, organisation.body(), whenever).map_err(refuse(Kind::Status))?;
        status.check_age(self.newest_status).map_err(refuse(Kind::Status))?;

        let mut clock = Clock::new(now);
        clock.see(organisation);
        clock.see(&operator);
        clock.see(&status);
        let lives = [
            (Kind::Organisation, organisation.check_life(clock.now())),
            (Kind::Status, status.check_life(clock.now())),
            (Kind::Operator, operator.check_life(clock.now())),
        ];
        for (kind, life) in lives {
            match life {
                Ok(()) => {}
                Err(_) if clock.looks_fast() => return Err(HandshakeError::Clock { now }),
                Err(error) => return Err(HandshakeError::Statement { kind, error }),
            }
        }
        status.body().check_revocation(&operator).map_err(refuse(Kind::Operator))?;

        let signature: &[u8; SIGNATURE_LENGTH] =
            proof.signature.try_into().map_err(|_| HandshakeError::OperatorSignature)?;
        operator.body().key.verify(OPERATOR_LABEL, th, signature).map_err(|_| HandshakeError::OperatorSignature)?;
        Ok(Some(Certified { operator, status }))
    }
}

fn refuse(kind: Kind) -> impl Fn(StatementError) -> HandshakeError {
    move |error| HandshakeError::Statement { kind, error }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
