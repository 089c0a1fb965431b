//! SHA-256 in the four shapes of the log: leaf and node of the tree (RFC 6962, 2.1), link of the chain, personal field.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// What stands before a link's input. No leaf and no node begins like it: those begin with 00 and 01.
const LINK_DOMAIN: &[u8] = b"beside-audit/link/v1\n";
const PERSONAL_DOMAIN: &[u8] = b"beside-audit/personal/v1\n";

/// A SHA-256. Text and JSON: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// Text or bytes that are no [`struct@Hash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a SHA-256: 32 bytes, or 64 lower-case hexadecimal digits")]
pub struct HashError;

impl Hash {
    /// 32 zero bytes: the link before the first row.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Standard base64, as checkpoints write it.
    pub(crate) fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    pub(crate) fn from_base64(text: &str) -> Result<Self, HashError> {
        let bytes = STANDARD.decode(text).map_err(|_| HashError)?;
        Self::try_from(bytes.as_slice())
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = HashError;

    fn try_from(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

impl TryFrom<String> for Hash {
    type Error = HashError;

    fn try_from(text: String) -> Result<Self, HashError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(&text, &mut bytes).map_err(|_| HashError)?;
        // The decoder takes capitals too; a hash has one spelling.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Err(HashError) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

/// SHA-256(00 ‖ line): the line as a leaf of the tree.
#[must_use]
pub fn leaf_hash(line: &[u8]) -> Hash {
    sha256(&[&[0], line])
}

/// SHA-256("beside-audit/link/v1\n" ‖ previous ‖ leaf): the chain up to and with this leaf.
#[must_use]
pub fn link_hash(previous: &Hash, leaf: &Hash) -> Hash {
    sha256(&[LINK_DOMAIN, &previous.0, &leaf.0])
}

/// What a line says of a personal value that stands elsewhere: SHA-256("beside-audit/personal/v1\n" ‖ salt ‖ field ‖
/// value), where field and value each follow their length in bytes as 8 bytes, big-endian.
///
/// The salt is drawn for each value of each row; once it is destroyed, the hash says nothing about the value, however
/// few values there could have been.
#[must_use]
pub fn personal_hash(salt: &[u8; 32], field: &str, value: &str) -> Hash {
    let length = |text: &str| (text.len() as u64).to_be_bytes();
    sha256(&[PERSONAL_DOMAIN, salt, &length(field), field.as_bytes(), &length(value), value.as_bytes()])
}

/// SHA-256(01 ‖ left ‖ right).
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], &left.0, &right.0])
}

/// SHA-256 of the pieces in a row.
pub(crate) fn sha256(pieces: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    for piece in pieces {
        state.update(piece);
    }
    Hash(state.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = sha256(&[b"abc"]);
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.to_string(), text);
        assert_eq!(Hash::try_from(text.to_owned()), Ok(hash));
        assert_eq!(Hash::try_from(text.to_uppercase()), Err(HashError));
        assert_eq!(Hash::try_from(text[2..].to_owned()), Err(HashError));
        assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
        assert_eq!(Hash::from_base64("AAAA"), Err(HashError));
    }

    /// The links and hashes of logs that exist must never change: these were computed apart, with Python's hashlib.
    #[test]
    fn links_and_personal_hashes_are_as_documented() {
        let leaf = leaf_hash(b"line");
        assert_eq!(leaf.to_string(), "47c33a42c709a23a61b7fa9a2f7803b2973b11eab7687d07c210c56349d53910");
        assert_eq!(
            link_hash(&Hash::ZERO, &leaf).to_string(),
            "243c974e824f611c958e0d5428da09a828c078dfcc4a19c07a8152e3f1499625"
        );
        assert_eq!(
            personal_hash(&[7; 32], "address", "192.0.2.7").to_string(),
            "10b35399a8769f3819012f08f7fd29deb7478b4636cdf4b3855f5372d7b89720"
        );
    }

    #[test]
    fn field_and_value_can_not_be_shifted_into_each_other() {
        assert_ne!(personal_hash(&[0; 32], "ab", "c"), personal_hash(&[0; 32], "a", "bc"));
        assert_ne!(personal_hash(&[0; 32], "a", "b"), personal_hash(&[1; 32], "a", "b"));
    }
}
