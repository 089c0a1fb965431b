//! Ed25519 keys in the text forms of C2SP signed-note: one kind signs checkpoints, the other cosigns them.
//!
//! The kind is in the type and in the text (its signature type), so a witness's key can't be loaded as the log's.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::hash::sha256;

/// Bytes of an Ed25519 signature.
pub(crate) const SIGNATURE_LENGTH: usize = 64;
/// Signature type and key, as the texts have them: a length that base64 writes without padding.
const MATERIAL: usize = 33;
const MATERIAL_TEXT: usize = 44;
const PRIVATE: &str = "PRIVATE+KEY+";

mod sealed {
    /// What a key is for.
    pub trait Purpose {
        /// The signature type of C2SP signed-note.
        const TYPE: u8;
    }
}

/// Signing checkpoints: signature type 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checkpoints {}
/// Cosigning checkpoints: signature type 4 (C2SP tlog-cosignature).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cosignatures {}

impl sealed::Purpose for Checkpoints {
    const TYPE: u8 = 1;
}

impl sealed::Purpose for Cosignatures {
    const TYPE: u8 = 4;
}

/// The key that signs the log's checkpoints. Its name is the log's origin.
pub type LogKey = PrivateKey<Checkpoints>;
/// What a log's checkpoints are verified with. Its name is the log's origin.
pub type LogPublicKey = PublicKey<Checkpoints>;
/// The key that a witness cosigns with.
pub type WitnessKey = PrivateKey<Cosignatures>;
/// What a witness's cosignatures are verified with.
pub type WitnessPublicKey = PublicKey<Cosignatures>;

/// Text that is no key, or no name for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// See [`KeyName`].
    #[error("a key's name has 1 to 128 visible ASCII characters and no +")]
    Name,
    /// Not `name+id+key` or `PRIVATE+KEY+name+id+key`.
    #[error("not a key in the form name+id+key")]
    Form,
    /// A key of another type: the log's where the witness's belongs, or the reverse, or another algorithm.
    #[error("a key of signature type {found} where one of type {expected} belongs")]
    Type {
        /// The type in the text.
        found: u8,
        /// The type that is wanted.
        expected: u8,
    },
    /// The id isn't that of this name and key: part of the text was changed.
    #[error("the id in the key's text is not that of its name and key")]
    Id,
    /// Not a point of Ed25519, or one of small order.
    #[error("not a public key of Ed25519")]
    Point,
}

/// The name of a key: a URL without scheme, such as `broker.example.com/audit`.
///
/// C2SP allows more of Unicode; visible ASCII without `+` can't look like another name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn new(text: impl Into<String>) -> Result<Self, KeyError> {
        let text = text.into();
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+');
        if plain && (1..=128).contains(&text.len()) { Ok(Self(text)) } else { Err(KeyError::Name) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first 4 bytes of SHA-256(name ‖ 0a ‖ signature type ‖ public key).
pub(crate) type KeyId = [u8; 4];

/// A public key with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey<P> {
    name: KeyName,
    id: KeyId,
    point: VerifyingKey,
    purpose: PhantomData<P>,
}

impl<P: sealed::Purpose> PublicKey<P> {
    fn from_point(name: KeyName, point: VerifyingKey) -> Self {
        let id = sha256(&[name.as_str().as_bytes(), b"\n", &[P::TYPE], point.as_bytes()]);
        let [a, b, c, d, ..] = *id.as_bytes();
        Self { name, id: [a, b, c, d], point, purpose: PhantomData }
    }

    /// Reads `name+id+key`: id as 8 hexadecimal digits, key as base64 of signature type and point.
    ///
    /// # Errors
    /// [`KeyError`]: what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, material) = parts::<P>(text)?;
        let point = VerifyingKey::from_bytes(&material).map_err(|_| KeyError::Point)?;
        if point.is_weak() {
            return Err(KeyError::Point);
        }
        let key = Self::from_point(name, point);
        if hex::encode(key.id) == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    pub(crate) const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether the signature is this key's over this message. Strict: one signature has one spelling.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
        self.point.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// `name+id+key`.
impl<P: sealed::Purpose> fmt::Display for PublicKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [&[P::TYPE], self.point.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(material))
    }
}

impl<P: sealed::Purpose> fmt::Debug for PublicKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// A private key with its name. It zeroizes itself and does not print.
pub struct PrivateKey<P> {
    key: ed25519_dalek::SigningKey,
    public: PublicKey<P>,
}

impl<P: sealed::Purpose> PrivateKey<P> {
    /// Draws a key.
    pub fn generate(name: KeyName, rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(name, &seed)
    }

    fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = PublicKey::from_point(name, key.verifying_key());
        Self { key, public }
    }

    /// Reads `PRIVATE+KEY+name+id+key`: id as 8 hexadecimal digits, key as base64 of signature type and seed.
    ///
    /// # Errors
    /// [`KeyError`]: what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, seed) = parts::<P>(text.strip_prefix(PRIVATE).ok_or(KeyError::Form)?)?;
        let key = Self::from_seed(name, &seed);
        if hex::encode(key.public.id) == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The text that [`Self::parse`] reads. It is the secret itself.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut material = Zeroizing::new([P::TYPE; MATERIAL]);
        material[1..].copy_from_slice(self.key.as_bytes());
        let (name, id) = (self.public.name.as_str(), hex::encode(self.public.id));
        // All the room at once: a string that moves while it grows leaves its old bytes behind.
        let room = PRIVATE.len() + name.len() + 1 + id.len() + 1 + MATERIAL_TEXT;
        let mut text = Zeroizing::new(String::with_capacity(room));
        for piece in [PRIVATE, name, "+", &id, "+"] {
            text.push_str(piece);
        }
        STANDARD.encode_string(material.as_slice(), &mut text);
        text
    }

    /// The public key.
    #[must_use]
    pub const fn public(&self) -> &PublicKey<P> {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.key.sign(message).to_bytes()
    }
}

impl<P: sealed::Purpose> fmt::Debug for PrivateKey<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, hidden)", self.public.name)
    }
}

/// The name, the id as it stands, and the 32 bytes of the key, which may be secret.
fn parts<P: sealed::Purpose>(text: &str) -> Result<(KeyName, &str, Zeroizing<[u8; 32]>), KeyError> {
    // The key's base64 may hold a plus too, so only the first two part.
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Form);
    };
    let mut material = Zeroizing::new([0; MATERIAL]);
    if encoded.len() != MATERIAL_TEXT || STANDARD.decode_slice(encoded, material.as_mut()) != Ok(MATERIAL) {
        return Err(KeyError::Form);
    }
    if material[0] != P::TYPE {
        return Err(KeyError::Type { found: material[0], expected: P::TYPE });
    }
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&material[1..]);
    Ok((KeyName::new(name)?, id, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestRandom;

    /// The key that the documentation of Go's golang.org/x/mod/sumdb/note, whose forms these are, shows.
    const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn keys_have_the_texts_that_go_gives_them() {
        let key = LogKey::parse(GO_PRIVATE).unwrap();
        assert_eq!(key.public().to_string(), GO_PUBLIC);
        assert_eq!(key.to_text().as_str(), GO_PRIVATE);
        assert_eq!(LogPublicKey::parse(GO_PUBLIC).as_ref(), Ok(key.public()));
    }

    #[test]
    fn a_drawn_key_signs_for_its_public_half_only() {
        let name = || KeyName::new("broker.example.com/audit").unwrap();
        let mut random = TestRandom::new(1);
        let (key, other) = (LogKey::generate(name(), &mut random), LogKey::generate(name(), &mut random));
        let again = LogKey::parse(&key.to_text()).unwrap();
        let signature = again.sign(b"message");
        assert!(key.public().verifies(b"message", &signature));
        assert!(!key.public().verifies(b"massage", &signature));
        assert!(!other.public().verifies(b"message", &signature));
    }

    #[test]
    fn a_key_of_the_other_purpose_is_refused() {
        let key = WitnessKey::generate(KeyName::new("witness").unwrap(), &mut TestRandom::new(2));
        let error = KeyError::Type { found: 4, expected: 1 };
        assert_eq!(LogKey::parse(&key.to_text()).err(), Some(error));
        assert_eq!(LogPublicKey::parse(&key.public().to_string()), Err(error));
    }

    #[test]
    fn a_text_that_was_changed_is_refused() {
        let named = |text: &str| text.replace("PeterNeumann", "CarmenSandiego");
        assert_eq!(LogPublicKey::parse(&named(GO_PUBLIC)), Err(KeyError::Id));
        assert_eq!(LogKey::parse(&named(GO_PRIVATE)).err(), Some(KeyError::Id));
        assert_eq!(LogPublicKey::parse(&GO_PUBLIC.replace("c74f", "C74F")), Err(KeyError::Id));
        assert_eq!(LogPublicKey::parse(&GO_PUBLIC.replace("PeterNeumann", "Peter Neumann")), Err(KeyError::Name));
        assert_eq!(LogKey::parse(GO_PUBLIC).err(), Some(KeyError::Form));
        assert_eq!(LogPublicKey::parse(&GO_PUBLIC[..GO_PUBLIC.len() - 4]), Err(KeyError::Form));
        assert_eq!(LogPublicKey::parse(""), Err(KeyError::Form));
        // The neutral element, under which anything verifies for somebody.
        let neutral = format!("a+00000000+{}", STANDARD.encode([&[1, 1][..], &[0; 31]].concat()));
        assert_eq!(LogPublicKey::parse(&neutral), Err(KeyError::Point));
    }

    #[test]
    fn a_private_key_does_not_print() {
        let key = LogKey::parse(GO_PRIVATE).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(PeterNeumann, hidden)");
    }
}
