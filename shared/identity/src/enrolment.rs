//! How an operator's key comes to be certified: an invite outside the broker, a request that proves it.
//!
//! The invite is a secret and the hash of the organisation's key; it reaches the operator by another way than the
//! broker. The request carries HMAC-SHA256(secret, public key), so nobody needs to compare fingerprints.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use beside_protocol::OperatorId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::key::{KeyHash, PublicKey};
use crate::statement::Request;

const SECRET: usize = 16;

/// Text that is no invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an invite")]
pub struct InviteError;

/// An invitation to ask for an operator's statement: 16 secret bytes and the hash of the key that will sign it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Invite {
    secret: [u8; SECRET],
    #[zeroize(skip)]
    organisation: KeyHash,
}

impl Invite {
    /// Draws an invite to the organisation with this key.
    pub fn generate(rng: &mut impl CryptoRng, organisation: KeyHash) -> Self {
        let mut secret = [0; SECRET];
        rng.fill_bytes(&mut secret);
        Self { secret, organisation }
    }

    /// The key that will sign the operator's statement; anything else signed is not what was asked for.
    #[must_use]
    pub const fn organisation(&self) -> KeyHash {
        self.organisation
    }

    /// The invite as 64 characters of base64url, to be handed over as a secret.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; SECRET + 32]);
        bytes[..SECRET].copy_from_slice(&self.secret);
        bytes[SECRET..].copy_from_slice(&self.organisation.0);
        Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    }

    /// The request of the holder of this invite, to be signed with the key that it is about.
    #[must_use]
    pub fn request(&self, name: String, key: PublicKey, id: OperatorId) -> Request {
        let proof = self.proof(&key);
        Request { name, key, id, proof }
    }

    /// Whether a request was made by the holder of this invite.
    #[must_use]
    pub fn proves(&self, request: &Request) -> bool {
        self.proof(&request.key).ct_eq(&request.proof).into()
    }

    fn proof(&self, key: &PublicKey) -> [u8; 32] {
        // HMAC pads a key of less than one block with zeros (RFC 2104), so giving it a whole block needs no error path.
        let mut block = Zeroizing::new([0; 64]);
        block[..SECRET].copy_from_slice(&self.secret);
        Hmac::<Sha256>::new(&(*block).into()).chain_update(key.as_bytes()).finalize().into_bytes().into()
    }
}

impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(text: &str) -> Result<Self, InviteError> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| InviteError)?);
        let (secret, organisation) = bytes.split_first_chunk().ok_or(InviteError)?;
        let organisation = organisation.try_into().map_err(|_| InviteError)?;
        Ok(Self { secret: *secret, organisation: KeyHash(organisation) })
    }
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Invite(hidden)")
    }
}
