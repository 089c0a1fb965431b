//! AES-256-GCM with a 16-byte tag (NIST SP 800-38D), HKDF-SHA256 (RFC 5869) and HMAC-SHA256 (RFC 2104), under keys
//! that wipe themselves.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The seal did not open: the bytes, their additional data or the key are not those of the sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotSealed;

/// A pseudorandom key that others are derived from, each under its own words.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Root([u8; 32]);

impl Root {
    /// HKDF-Extract.
    pub(crate) fn extract(salt: &[u8; 32], secret: &[u8]) -> Self {
        let (mut root, _) = Hkdf::<Sha256>::extract(Some(salt), secret);
        let kept = Self(root.into());
        root.as_mut_slice().zeroize();
        kept
    }

    /// HKDF-Expand with `info` in parts, at most 64 bytes of output.
    pub(crate) fn expand<const N: usize>(&self, info: &[&[u8]]) -> Zeroizing<[u8; N]> {
        const { assert!(N <= 64, "HKDF's own limits are out of reach") };
        let mut out = Zeroizing::new([0; N]);
        // Neither can fail: the root is as long as the hash, and the output is shorter than 255 hashes.
        let expanded =
            Hkdf::<Sha256>::from_prk(&self.0).is_ok_and(|hkdf| hkdf.expand_multi_info(info, out.as_mut()).is_ok());
        debug_assert!(expanded);
        out
    }

    /// The root that HKDF-Expand gives.
    pub(crate) fn child(&self, info: &[&[u8]]) -> Self {
        Self(*self.expand(info))
    }

    /// The root's bytes, as secret input of another extraction.
    pub(crate) const fn as_secret(&self) -> &[u8; 32] {
        &self.0
    }
}

/// An AEAD key and the nonce, or what nonces are made of, that belongs to it.
pub(crate) struct SealKey {
    /// Boxed, so that states which move leave no copies of its key behind.
    cipher: Box<Aes256Gcm>,
    nonce: Zeroizing<[u8; 12]>,
}

impl SealKey {
    /// Derives key[32] ‖ nonce[12].
    pub(crate) fn derive(root: &Root, info: &[&[u8]]) -> Self {
        let bytes = root.expand::<44>(info);
        let mut nonce = Zeroizing::new([0; 12]);
        nonce.copy_from_slice(&bytes[32..]);
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&bytes[..32]);
        Self::new(&key, nonce)
    }

    pub(crate) fn new(key: &[u8; 32], nonce: Zeroizing<[u8; 12]>) -> Self {
        Self { cipher: Box::new(Aes256Gcm::new(key.into())), nonce }
    }

    /// Seals with nonce XOR (0[4] ‖ seq); a caller never uses a `seq` twice.
    pub(crate) fn seal(&self, seq: u64, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.cipher.encrypt(&self.nonce_for(seq).into(), Payload { msg: plain, aad }).map_err(|_| NotSealed)
    }

    /// Opens what was sealed with this `seq` and `aad`.
    pub(crate) fn open(&self, seq: u64, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.cipher.decrypt(&self.nonce_for(seq).into(), Payload { msg: sealed, aad }).map_err(|_| NotSealed)
    }

    fn nonce_for(&self, seq: u64) -> [u8; 12] {
        let mut nonce = *self.nonce;
        for (byte, mask) in nonce[4..].iter_mut().zip(seq.to_be_bytes()) {
            *byte ^= mask;
        }
        nonce
    }
}

/// A key that authenticates and does nothing else.
pub(crate) struct MacKey(Zeroizing<[u8; 32]>);

impl MacKey {
    pub(crate) fn derive(root: &Root, info: &[&[u8]]) -> Self {
        Self(root.expand(info))
    }

    /// HMAC-SHA256 over the pieces, one after the other.
    pub(crate) fn tag(&self, pieces: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a key of less than one block with zeros (RFC 2104), so giving it a whole block needs no error path.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(self.0.as_slice());
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        for piece in pieces {
            mac.update(piece);
        }
        mac.finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub(crate) fn holds(&self, pieces: &[&[u8]], tag: &[u8; 32]) -> bool {
        self.tag(pieces).ct_eq(tag).into()
    }
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
