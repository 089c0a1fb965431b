//! Personal data at rest: sealed under data keys, which lie in the database sealed under a key-encryption key that does
//! not (envelope encryption). AES-256-GCM throughout.
//!
//! A sealed text is `1.KEY.BASE64URL(nonce ‖ ciphertext ‖ tag)`. What it belongs to (table, column, row) is
//! authenticated with it, so a sealed value can't be moved to another place.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const VERSION: &str = "1";
const NONCE: usize = 12;
const KEY: usize = 32;

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// The text is not of the form above.
    #[error("a sealed value is malformed")]
    Malformed,
    /// There is no data key of that name.
    #[error("a sealed value names a data key that is not there")]
    KeyUnknown,
    /// It was altered, moved, or sealed under another key.
    #[error("a sealed value does not open: it was altered, moved, or sealed under another key")]
    Forged,
}

/// A key of 256 bits that does not print.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; KEY]);

impl SecretKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut key = [0; KEY];
        rng.fill_bytes(&mut key);
        Self(key)
    }

    /// The key that 64 hex digits stand for, white space around them aside.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut key = Self([0; KEY]);
        hex::decode_to_slice(text.trim(), &mut key.0).ok()?;
        Some(key)
    }

    /// 64 hex digits, for the file that keeps it.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0))
    }

    /// Seals under this key; `about` says what it belongs to.
    ///
    /// # Errors
    /// [`SealingError::Malformed`] for more than 64 GiB.
    pub fn seal(&self, plain: &[u8], about: &str, rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealingError> {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: about.as_bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).map_err(|_| SealingError::Malformed)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`SealingError::Malformed`] or [`SealingError::Forged`].
    pub fn open(&self, sealed: &[u8], about: &str) -> Result<Zeroizing<Vec<u8>>, SealingError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealingError::Malformed)?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        let plain = self.cipher().decrypt(&Nonce::from(*nonce), payload).map_err(|_| SealingError::Forged)?;
        Ok(Zeroizing::new(plain))
    }

    /// HMAC-SHA-256 of a message under this key.
    #[must_use]
    pub fn authenticator(&self, message: &[u8]) -> [u8; 32] {
        // HMAC fills a key up with zeros to a block of its hash.
        let mut block = Zeroizing::new([0; 64]);
        block[..KEY].copy_from_slice(&self.0);
        Hmac::<Sha256>::new(&(*block).into()).chain_update(message).finalize().into_bytes().into()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&self.0).into())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

/// A data key as the database keeps it.
#[derive(Debug, Clone)]
pub struct WrappedKey {
    /// Its name in sealed texts.
    pub id: String,
    /// Base64url of the key sealed under the key-encryption key.
    pub wrapped: String,
}

/// The data keys that are open, and the one that new values are sealed under.
#[derive(Debug)]
pub struct Sealing {
    keys: RwLock<Keys>,
}

#[derive(Debug)]
struct Keys {
    current: String,
    all: BTreeMap<String, SecretKey>,
}

/// Draws a data key and wraps it.
///
/// # Errors
/// See [`SealingError`].
pub fn fresh(key: &SecretKey, rng: &mut impl CryptoRng) -> Result<WrappedKey, SealingError> {
    let mut id = [0; 4];
    rng.fill_bytes(&mut id);
    let id = hex::encode(id);
    let data_key = SecretKey::generate(rng);
    let wrapped = wrap(key, &id, &data_key, rng)?;
    Ok(WrappedKey { id, wrapped })
}

fn wrap(key: &SecretKey, id: &str, data_key: &SecretKey, rng: &mut impl CryptoRng) -> Result<String, SealingError> {
    Ok(URL_SAFE_NO_PAD.encode(key.seal(&data_key.0, &about_key(id), rng)?))
}

fn unwrap(key: &SecretKey, wrapped: &WrappedKey) -> Result<SecretKey, SealingError> {
    let sealed = URL_SAFE_NO_PAD.decode(&wrapped.wrapped).map_err(|_| SealingError::Malformed)?;
    let plain = key.open(&sealed, &about_key(&wrapped.id))?;
    plain.as_slice().try_into().map(SecretKey).map_err(|_| SealingError::Malformed)
}

/// Wraps a data key under another key-encryption key.
///
/// # Errors
/// [`SealingError::Forged`] if `from` is not the key that it is wrapped under.
pub fn rewrap(
    wrapped: &WrappedKey,
    from: &SecretKey,
    to: &SecretKey,
    rng: &mut impl CryptoRng,
) -> Result<WrappedKey, SealingError> {
    let data_key = unwrap(from, wrapped)?;
    Ok(WrappedKey { id: wrapped.id.clone(), wrapped: wrap(to, &wrapped.id, &data_key, rng)? })
}

/// What every text that is sealed under a key begins with.
#[must_use]
pub fn prefix(id: &str) -> String {
    format!("{VERSION}.{id}.")
}

fn about_key(id: &str) -> String {
    format!("data_keys/{id}")
}

impl Sealing {
    /// Opens the data keys, oldest first; the newest is the one that seals.
    ///
    /// # Errors
    /// [`SealingError::KeyUnknown`] if there is none; [`SealingError::Forged`] if `key` is not the one that they are
    /// wrapped under.
    pub fn open_keys(key: &SecretKey, wrapped: &[WrappedKey]) -> Result<Self, SealingError> {
        let current = wrapped.last().ok_or(SealingError::KeyUnknown)?.id.clone();
        let all = wrapped.iter().map(|one| Ok((one.id.clone(), unwrap(key, one)?))).collect::<Result<_, _>>()?;
        Ok(Self { keys: RwLock::new(Keys { current, all }) })
    }

    /// Takes the keys of `other` too, and seals with its newest: a rotation reaches the running broker this way. Its own
    /// keys stay open, for values that were read before they were sealed anew.
    pub fn add(&self, other: Self) {
        let other = other.keys.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.current = other.current;
        keys.all.extend(other.all);
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn current(&self) -> String {
        self.read().current.clone()
    }

    /// Seals with this key from now on; false if it is not open.
    #[must_use]
    pub fn use_key(&self, id: &str) -> bool {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let known = keys.all.contains_key(id);
        if known && keys.current != id {
            id.clone_into(&mut keys.current);
        }
        known
    }

    /// Whether the key is open that `sealed` names. Of what is malformed nothing more can be known.
    #[must_use]
    pub fn knows(&self, sealed: &str) -> bool {
        sealed.split('.').nth(1).is_none_or(|id| self.read().all.contains_key(id))
    }

    /// Seals a text; `about` says what it belongs to.
    ///
    /// # Errors
    /// See [`SealingError`].
    pub fn seal(&self, plain: &str, about: &str, rng: &mut impl CryptoRng) -> Result<String, SealingError> {
        let keys = self.read();
        let key = keys.all.get(&keys.current).ok_or(SealingError::KeyUnknown)?;
        let sealed = key.seal(plain.as_bytes(), about, rng)?;
        Ok(format!("{VERSION}.{}.{}", keys.current, URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// See [`SealingError`].
    pub fn open(&self, sealed: &str, about: &str) -> Result<Zeroizing<String>, SealingError> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(VERSION), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealingError::Malformed);
        };
        let bytes = URL_SAFE_NO_PAD.decode(bytes).map_err(|_| SealingError::Malformed)?;
        let keys = self.read();
        let plain = keys.all.get(id).ok_or(SealingError::KeyUnknown)?.open(&bytes, about)?;
        let text = std::str::from_utf8(&plain).map_err(|_| SealingError::Malformed)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::random;

    fn sealing(key: &SecretKey) -> (Sealing, WrappedKey) {
        let wrapped = fresh(key, &mut random()).unwrap();
        (Sealing::open_keys(key, std::slice::from_ref(&wrapped)).unwrap(), wrapped)
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let (sealing, _) = sealing(&SecretKey::generate(&mut random()));
        let sealed = sealing.seal("김민수", "sessions/1/name", &mut random()).unwrap();
        assert!(!sealed.contains("김"));
        assert_eq!(sealing.open(&sealed, "sessions/1/name").unwrap().as_str(), "김민수");
        assert_eq!(sealing.open(&sealed, "sessions/2/name").unwrap_err(), SealingError::Forged);
        let twice = sealing.seal("김민수", "sessions/1/name", &mut random()).unwrap();
        assert_ne!(sealed, twice, "equal values don't look equal");
    }

    #[test]
    fn a_changed_letter_is_noticed() {
        let (sealing, _) = sealing(&SecretKey::generate(&mut random()));
        let sealed = sealing.seal("secret", "a", &mut random()).unwrap();
        for place in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert!(sealing.open(&altered, "a").is_err(), "{altered}");
        }
        for bad in ["", "1", "1.x", "2.x.y", "1..", "1.x.@"] {
            assert!(sealing.open(bad, "a").is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_are_rotated_and_wrapped_anew() {
        let (old, new) = (SecretKey::generate(&mut random()), SecretKey::generate(&mut random()));
        let (sealing, first) = sealing(&old);
        let before = sealing.seal("one", "a", &mut random()).unwrap();
        assert!(before.starts_with(&prefix(&first.id)) && sealing.knows(&before));

        let second = fresh(&old, &mut random()).unwrap();
        assert!(!sealing.use_key(&second.id) && !sealing.knows(&prefix(&second.id)));
        sealing.add(Sealing::open_keys(&old, std::slice::from_ref(&second)).unwrap());
        assert_eq!(sealing.current(), second.id);
        assert_eq!(sealing.open(&before, "a").unwrap().as_str(), "one");
        let after = sealing.seal("two", "a", &mut random()).unwrap();
        assert!(after.starts_with(&prefix(&second.id)));
        assert!(sealing.use_key(&first.id) && sealing.current() == first.id);

        let moved: Vec<_> = [&first, &second].map(|one| rewrap(one, &old, &new, &mut random()).unwrap()).into();
        assert_eq!(Sealing::open_keys(&old, &moved).unwrap_err(), SealingError::Forged);
        let sealing = Sealing::open_keys(&new, &moved).unwrap();
        assert_eq!(sealing.open(&before, "a").unwrap().as_str(), "one");
        assert_eq!(sealing.open(&after, "a").unwrap().as_str(), "two");
    }

    #[test]
    fn the_authenticator_is_hmac() {
        // RFC 4231, test case 2, has a shorter key: filled up with zeros it is the same one.
        let key = SecretKey::from_hex(&format!("{:0<64}", hex::encode("Jefe"))).unwrap();
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(key.authenticator(b"what do ya want for nothing?")), expected);
    }

    #[test]
    fn keys_are_written_as_hex_and_do_not_print() {
        let key = SecretKey::generate(&mut random());
        assert_eq!(SecretKey::from_hex(&format!("{}\n", key.to_hex().as_str())).unwrap().0, key.0);
        assert!(SecretKey::from_hex("12").is_none() && SecretKey::from_hex(&"g".repeat(64)).is_none());
        assert_eq!(format!("{key:?}"), "SecretKey(hidden)");
    }
}
