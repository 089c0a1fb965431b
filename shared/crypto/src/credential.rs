//! What an operator proves itself with.

use beside_identity::{Operator, SigningKey, Status, Verified};
use thiserror::Error;

/// The statement is about another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the operator's certificate is for another key")]
pub struct CredentialError;

/// An operator's key with the statement about it and the organisation's newest status.
#[derive(Debug, Clone)]
pub struct OperatorCredential {
    pub(crate) key: SigningKey,
    pub(crate) operator: Verified<Operator>,
    pub(crate) status: Verified<Status>,
}

impl OperatorCredential {
    /// Puts the three together. That the status does not revoke the key is the customer's side to check.
    ///
    /// # Errors
    /// [`CredentialError`]: the key is not the statement's.
    pub fn new(
        key: SigningKey,
        operator: Verified<Operator>,
        status: Verified<Status>,
    ) -> Result<Self, CredentialError> {
        if key.public() == operator.body().key { Ok(Self { key, operator, status }) } else { Err(CredentialError) }
    }

    /// The operator's statement.
    #[must_use]
    pub const fn operator(&self) -> &Verified<Operator> {
        &self.operator
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> &Verified<Status> {
        &self.status
    }
}
