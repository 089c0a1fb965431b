//! Keys that sign: ECDSA on P-256 with SHA-256, every signature under a label that says what it is for.
//!
//! FIPS 186-5; nonces by RFC 6979, so a signature never depends on randomness. Public keys are SEC1 uncompressed.

use std::fmt;

use p256::ecdsa::signature::{MultipartSigner as _, MultipartVerifier as _};
use p256::ecdsa::{Signature, VerifyingKey};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a public key: `04 ‖ x ‖ y`.
pub const PUBLIC_KEY_LENGTH: usize = 65;
/// Bytes of a signature: `r ‖ s`.
pub const SIGNATURE_LENGTH: usize = 64;

/// Why bytes are no key, or a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not an uncompressed point on the curve.
    #[error("not a public key on P-256")]
    Public,
    /// Not a number between one and the group's order.
    #[error("not a private key on P-256")]
    Private,
    /// The signature is not this key's over this label and message.
    #[error("the signature does not hold")]
    Signature,
}

/// SHA-256 of a public key's 65 bytes: how statements name a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyHash(pub [u8; 32]);

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash({})", hex::encode(self.0))
    }
}

/// A public key, known to be a point on the curve.
#[derive(Clone)]
pub struct PublicKey {
    bytes: [u8; PUBLIC_KEY_LENGTH],
    point: VerifyingKey,
}

impl PublicKey {
    /// Parses SEC1 bytes; only the uncompressed form is taken, so that a key has one spelling and one hash.
    ///
    /// # Errors
    /// [`KeyError::Public`]: wrong length or form, or not on the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; PUBLIC_KEY_LENGTH] = bytes.try_into().map_err(|_| KeyError::Public)?;
        if bytes[0] != 0x04 {
            return Err(KeyError::Public);
        }
        let point = VerifyingKey::from_sec1_bytes(&bytes).map_err(|_| KeyError::Public)?;
        Ok(Self { bytes, point })
    }

    /// The 65 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; PUBLIC_KEY_LENGTH] {
        &self.bytes
    }

    /// SHA-256 of the 65 bytes.
    #[must_use]
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.bytes).into())
    }

    /// Checks a signature over `label ‖ 00 ‖ message`.
    ///
    /// # Errors
    /// [`KeyError::Signature`]: it is not this key's.
    pub fn verify(&self, label: &str, message: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> Result<(), KeyError> {
        let signature = Signature::from_slice(signature).map_err(|_| KeyError::Signature)?;
        self.point.multipart_verify(&[label.as_bytes(), &[0], message], &signature).map_err(|_| KeyError::Signature)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.bytes))
    }
}

/// A private key that signs. It zeroizes itself and does not print.
#[derive(Clone)]
pub struct SigningKey(p256::ecdsa::SigningKey);

impl SigningKey {
    /// Draws a key: 32 bytes at a time until they are a key (FIPS 186-5, A.2.2), nearly always the first.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            let mut bytes = Zeroizing::new([0; 32]);
            rng.fill_bytes(bytes.as_mut());
            if let Ok(key) = Self::from_bytes(&bytes) {
                return key;
            }
        }
    }

    /// The key with this number, big-endian.
    ///
    /// # Errors
    /// [`KeyError::Private`]: zero, or not below the group's order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        p256::ecdsa::SigningKey::from_slice(bytes).map(Self).map_err(|_| KeyError::Private)
    }

    /// The key's number, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let point = self.0.verifying_key().clone();
        let mut bytes = [0; PUBLIC_KEY_LENGTH];
        bytes.copy_from_slice(point.to_sec1_point(false).as_bytes());
        PublicKey { bytes, point }
    }

    /// Signs `label ‖ 00 ‖ message`; the same input gives the same signature (RFC 6979).
    #[must_use]
    pub fn sign(&self, label: &str, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        let signature: Signature = self.0.multipart_sign(&[label.as_bytes(), &[0], message]);
        signature.to_bytes().into()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(hidden)")
    }
}
