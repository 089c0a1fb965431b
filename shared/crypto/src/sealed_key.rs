//! The operator's private key at rest: sealed under a password, where the system has no better place for it.
//!
//! A JSON object of base64 texts: `{"version":1,"salt":…,"nonce":…,"sealed":…}`. The sealing key is Argon2id (RFC 9106)
//! of the password with the parameters that version 1 fixes, so a file can't ask for more memory or time.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_identity::SigningKey;
use beside_protocol::ErrorCode;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

/// Longest file that is read, in bytes; version 1 needs less than 200.
pub const FILE_MAX: usize = 1_024;
const VERSION: u32 = 1;
const SALT: usize = 16;
const NONCE: usize = 12;
/// Argon2id's memory in KiB, passes and lanes.
const COST: (u32, u32, u32) = (47_104, 1, 1);
/// What the seal is for, as its additional data.
const LABEL: &[u8] = b"beside1 sealed key";

/// Why a key was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealedKeyError {
    /// The file is not a sealed key of a version that this build knows.
    #[error("the key file is not readable")]
    Unreadable,
    /// The password is wrong, or the file was altered.
    #[error("the key file does not open with this password")]
    Password,
    /// This machine could not give the memory that it takes.
    #[error("there is not enough memory to open the key file")]
    Memory,
}

impl SealedKeyError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Unreadable | Self::Password => ErrorCode::OperatorKeyMissing,
            Self::Memory => ErrorCode::Internal,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    version: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

/// Seals a key under a password. Takes tens of milliseconds and 46 MiB.
///
/// # Errors
/// [`SealedKeyError::Memory`].
pub fn seal(password: &str, key: &SigningKey, rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealedKeyError> {
    let mut salt = [0; SALT];
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut nonce);
    let plain = key.to_bytes();
    let sealed = cipher(password, &salt)?
        .encrypt(&nonce.into(), Payload { msg: plain.as_slice(), aad: LABEL })
        .map_err(|_| SealedKeyError::Memory)?;
    let envelope = Envelope {
        version: VERSION,
        salt: STANDARD.encode(salt),
        nonce: STANDARD.encode(nonce),
        sealed: STANDARD.encode(sealed),
    };
    serde_json::to_vec(&envelope).map_err(|_| SealedKeyError::Memory)
}

/// Opens a sealed key.
///
/// # Errors
/// See [`SealedKeyError`].
pub fn open(password: &str, file: &[u8]) -> Result<SigningKey, SealedKeyError> {
    if file.len() > FILE_MAX {
        return Err(SealedKeyError::Unreadable);
    }
    let envelope: Envelope = serde_json::from_slice(file).map_err(|_| SealedKeyError::Unreadable)?;
    if envelope.version != VERSION {
        return Err(SealedKeyError::Unreadable);
    }
    let salt = decode::<SALT>(&envelope.salt)?;
    let nonce = decode::<NONCE>(&envelope.nonce)?;
    let sealed = decode::<{ 32 + 16 }>(&envelope.sealed)?;
    let plain = cipher(password, &salt)?
        .decrypt(&nonce.into(), Payload { msg: &sealed, aad: LABEL })
        .map(Zeroizing::new)
        .map_err(|_| SealedKeyError::Password)?;
    let number = plain.as_slice().try_into().map_err(|_| SealedKeyError::Unreadable)?;
    SigningKey::from_bytes(number).map_err(|_| SealedKeyError::Unreadable)
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N], SealedKeyError> {
    let bytes = STANDARD.decode(text).map_err(|_| SealedKeyError::Unreadable)?;
    bytes.try_into().map_err(|_| SealedKeyError::Unreadable)
}

fn cipher(password: &str, salt: &[u8; SALT]) -> Result<Aes256Gcm, SealedKeyError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| SealedKeyError::Memory)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, key.as_mut())
        .map_err(|_| SealedKeyError::Memory)?;
    Ok(Aes256Gcm::new((&*key).into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Script;

    /// Sealed with the key's number 0x21 repeated, password "correct horse", salt 0x31…, nonce 0x41…, by another
    /// implementation of Argon2id and AES-GCM.
    const SEALED: &str = r#"{"version":1,"salt":"MTExMTExMTExMTExMTExMQ==","nonce":"QUFBQUFBQUFBQUFB","sealed":"iYMrLbTPzRjLCWCV3JX7Fr4Eekwl7jCzaXa4fIzdRii6GJKzJ7Eq8IDO6xp687IU"}"#;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[0x21; 32]).unwrap()
    }

    #[test]
    fn a_key_comes_back_and_the_file_is_what_it_was_in_the_first_version() {
        let file = seal("correct horse", &key(), &mut Script::new(&[&[0x31; SALT], &[0x41; NONCE]])).unwrap();
        assert_eq!(String::from_utf8(file).unwrap(), SEALED);
        assert_eq!(open("correct horse", SEALED.as_bytes()).unwrap().to_bytes(), key().to_bytes());
    }

    #[test]
    fn a_wrong_password_and_an_altered_file_do_not_open() {
        assert_eq!(open("correct house", SEALED.as_bytes()).err(), Some(SealedKeyError::Password));
        assert_eq!(open("", SEALED.as_bytes()).err(), Some(SealedKeyError::Password));
        for (part, other) in [("MTEx", "MTEy"), ("QUFB", "QUFC"), ("\"sealed\":\"", "\"sealed\":\"AAAA")] {
            assert!(SEALED.contains(part));
            let altered = SEALED.replacen(part, other, 1);
            assert!(open("correct horse", altered.as_bytes()).is_err(), "{altered}");
        }
    }

    #[test]
    fn a_file_can_ask_for_nothing() {
        let unreadable = Some(SealedKeyError::Unreadable);
        assert_eq!(open("x", &vec![b' '; FILE_MAX + 1]).err(), unreadable);
        for bad in [
            String::new(),
            "{}".to_owned(),
            SEALED.replace("\"version\":1", "\"version\":2"),
            SEALED.replace("\"version\":1", "\"version\":1,\"memory\":4294967295"),
            SEALED.replace("MTEx", ""),
        ] {
            assert_eq!(open("x", bad.as_bytes()).err(), unreadable, "{bad}");
        }
    }
}
