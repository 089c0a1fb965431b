//! A statement that was believed: the only way to hold one is to have checked it.

use super::envelope::{Body, Envelope};
use super::{Operator, Organisation, Request, StatementError, Status};
use crate::clock::UnixTime;
use crate::key::{KeyHash, PublicKey};

/// A statement whose signature held, by a key that had the right to it, within its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    body: T,
    signer: KeyHash,
    issued: UnixTime,
    expires: UnixTime,
    bytes: Vec<u8>,
}

impl Verified<Organisation> {
    /// Verifies an organisation's statement.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn verify(bytes: &[u8], vendor_keys: &[PublicKey], now: UnixTime) -> Result<Self, StatementError> {
        verify(bytes, vendor_keys, now)
    }
}

impl Verified<Operator> {
    /// Verifies an operator's statement. Whether it is revoked, a [`Status`] says.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn verify(bytes: &[u8], organisation: &Organisation, now: UnixTime) -> Result<Self, StatementError> {
        verify(bytes, &organisation.keys, now)
    }

    /// Verifies an operator's statement under keys that are trusted otherwise than by an organisation's statement: the
    /// broker's configuration names them.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn verify_under(bytes: &[u8], keys: &[PublicKey], now: UnixTime) -> Result<Self, StatementError> {
        verify(bytes, keys, now)
    }
}

impl Verified<Status> {
    /// Verifies an organisation's status.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn verify(bytes: &[u8], organisation: &Organisation, now: UnixTime) -> Result<Self, StatementError> {
        verify(bytes, &organisation.keys, now)
    }

    /// Verifies a status under keys that are trusted otherwise than by an organisation's statement: the
    /// broker's configuration names them.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn verify_under(bytes: &[u8], keys: &[PublicKey], now: UnixTime) -> Result<Self, StatementError> {
        verify(bytes, keys, now)
    }
}

impl Verified<Request> {
    /// Verifies that a request is signed by the key that it is about. Whose key that is, the invite's proof says.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn verify(bytes: &[u8], now: UnixTime) -> Result<Self, StatementError> {
        let key = Envelope::parse::<Request>(bytes)?.read::<Request>()?.key;
        verify(bytes, &[key], now)
    }
}

/// The signature before the fields: nothing an outsider wrote is looked at closely.
fn verify<T: Body>(bytes: &[u8], signers: &[PublicKey], now: UnixTime) -> Result<Verified<T>, StatementError> {
    let envelope = Envelope::parse::<T>(bytes)?;
    envelope.check_signature(signers)?;
    let body = envelope.read()?;
    let Envelope { signer, issued, expires, .. } = envelope;
    let verified = Verified { body, signer, issued, expires, bytes: bytes.to_vec() };
    verified.check_life(now)?;
    Ok(verified)
}

impl<T> Verified<T> {
    /// What it says.
    #[must_use]
    pub const fn body(&self) -> &T {
        &self.body
    }

    /// The key that signed it.
    #[must_use]
    pub const fn signer(&self) -> KeyHash {
        self.signer
    }

    /// When it was signed.
    #[must_use]
    pub const fn issued(&self) -> UnixTime {
        self.issued
    }

    /// The first second in which it is no longer valid.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }

    /// The statement as it was received.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Checks again that its life is not over, at a later `now`.
    ///
    /// # Errors
    /// [`StatementError::Expired`].
    pub fn check_life(&self, now: UnixTime) -> Result<(), StatementError> {
        if now < self.expires { Ok(()) } else { Err(StatementError::Expired(self.expires)) }
    }

    /// Checks that it is not older than the newest of its kind that was seen before.
    ///
    /// # Errors
    /// [`StatementError::OlderThanSeen`].
    pub fn check_age(&self, newest_seen: Option<UnixTime>) -> Result<(), StatementError> {
        if newest_seen.is_some_and(|seen| self.issued < seen) { Err(StatementError::OlderThanSeen) } else { Ok(()) }
    }
}
