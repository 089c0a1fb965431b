//! The key pair of one handshake: ECDH on P-256 (RFC 5903), used once.

use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::HandshakeError;

/// Bytes of a public key: `04 ‖ x ‖ y`.
pub(crate) const PUBLIC: usize = 65;

/// An ephemeral private key; it wipes itself.
pub(crate) struct Ephemeral {
    secret: SecretKey,
    pub(crate) public: [u8; PUBLIC],
}

impl Ephemeral {
    /// Draws a key pair: 32 bytes at a time until they are a key (FIPS 186-5, A.2.2), nearly always the first.
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            let mut bytes = Zeroizing::new([0; 32]);
            rng.fill_bytes(bytes.as_mut());
            if let Ok(secret) = SecretKey::from_slice(bytes.as_ref()) {
                let mut public = [0; PUBLIC];
                public.copy_from_slice(secret.public_key().to_sec1_point(false).as_bytes());
                return Self { secret, public };
            }
        }
    }

    /// Z: the x coordinate that this key and the peer's public key have in common.
    ///
    /// The peer's key must be an uncompressed point on the curve, and not our own sent back.
    pub(crate) fn agree(self, peer: &[u8; PUBLIC]) -> Result<Zeroizing<[u8; 32]>, HandshakeError> {
        if *peer == self.public {
            return Err(HandshakeError::Reflected);
        }
        if peer[0] != 0x04 {
            return Err(HandshakeError::Malformed("public key"));
        }
        let peer = p256::PublicKey::from_sec1_bytes(peer).map_err(|_| HandshakeError::Malformed("public key"))?;
        Ok(Zeroizing::new((*self.secret.diffie_hellman(&peer).raw_secret_bytes()).into()))
    }
}
