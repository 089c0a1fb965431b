//! Attaching a further path to a session: A1, A2, A3 prove on it that both ends are the session's, and say from where
//! each lane in order goes on.

use beside_protocol::SessionId;
use beside_protocol::handshake::{A1, A1_LENGTH, A2, A2_LENGTH, A3, A3_LENGTH};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::HandshakeError;
use crate::message::Fields;
use crate::seal::Root;
use crate::transcript::lp_length;

/// Bytes of the HMAC at the end of A2 and A3.
const TAG: usize = 32;

/// The keys that prove a path is the session's. They wipe themselves and do not print.
pub struct AttachKeys {
    sid: SessionId,
    operator: Zeroizing<[u8; 32]>,
    customer: Zeroizing<[u8; 32]>,
}

impl AttachKeys {
    pub(crate) fn derive(sid: SessionId, traffic: &Root) -> Self {
        Self { sid, operator: traffic.expand(&[b"beside1 attach o"]), customer: traffic.expand(&[b"beside1 attach c"]) }
    }
}

/// ResumeFrom where one side goes on sending on the lanes in order: the oldest number not acknowledged, else the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResumeFrom {
    /// Lane 0.
    pub control: u64,
    /// Lane 1; the customer sends nothing there and says 0.
    pub input: u64,
    /// Lane 4.
    pub files: u64,
}

impl ResumeFrom {
    fn encode(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.control.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.input.to_be_bytes());
        bytes[16..].copy_from_slice(&self.files.to_be_bytes());
        bytes
    }

    fn take(fields: &mut Fields<'_>) -> Result<Self, HandshakeError> {
        Ok(Self {
            control: u64::from_be_bytes(fields.array()?),
            input: u64::from_be_bytes(fields.array()?),
            files: u64::from_be_bytes(fields.array()?),
        })
    }
}

/// The customer has asked with A1 and waits for A2.
pub struct AttachAsked {
    a1: [u8; A1_LENGTH],
}

impl AttachAsked {
    /// Asks on a new path.
    pub fn new(rng: &mut impl CryptoRng, keys: &AttachKeys) -> Self {
        let mut a1 = [A1; A1_LENGTH];
        a1[1..17].copy_from_slice(&keys.sid.0);
        rng.fill_bytes(&mut a1[17..]);
        Self { a1 }
    }

    /// A1, the first bytes on the path.
    #[must_use]
    pub const fn a1(&self) -> &[u8] {
        &self.a1
    }

    /// Takes the operator's answer. Returns A3, and from where the operator goes on.
    ///
    /// # Errors
    /// [`HandshakeError`]: A2 does not prove the session; the path is lost, the session is not.
    pub fn receive_a2(
        self,
        keys: &AttachKeys,
        a2: &[u8],
        own: ResumeFrom,
    ) -> Result<(Vec<u8>, ResumeFrom), HandshakeError> {
        let mut fields = Fields::of(A2, a2)?;
        let _random = fields.array::<32>()?;
        let peer = ResumeFrom::take(&mut fields)?;
        check(fields, &keys.operator, &[&self.a1, signed_part(a2)])?;
        let mut a3 = Vec::with_capacity(A3_LENGTH);
        a3.push(A3);
        a3.extend_from_slice(&own.encode());
        let tag = tag(&keys.customer, &[&self.a1, a2, &a3]);
        a3.extend_from_slice(&tag);
        Ok((a3, peer))
    }
}

/// The operator has answered with A2 and waits for A3.
pub struct AttachAnswered {
    a1: Vec<u8>,
    a2: Vec<u8>,
}

impl AttachAnswered {
    /// Answers A1 on a new path.
    ///
    /// # Errors
    /// [`HandshakeError`]: A1 is not one, or names another session; the path is lost, the session is not.
    pub fn new(
        rng: &mut impl CryptoRng,
        keys: &AttachKeys,
        a1: &[u8],
        own: ResumeFrom,
    ) -> Result<Self, HandshakeError> {
        let mut fields = Fields::of(A1, a1)?;
        let sid = SessionId(fields.array()?);
        let _random = fields.array::<32>()?;
        fields.end()?;
        if sid != keys.sid {
            return Err(HandshakeError::AnotherSession);
        }
        let mut random = [0; 32];
        rng.fill_bytes(&mut random);
        let mut a2 = Vec::with_capacity(A2_LENGTH);
        a2.push(A2);
        a2.extend_from_slice(&random);
        a2.extend_from_slice(&own.encode());
        let tag = tag(&keys.operator, &[a1, &a2]);
        a2.extend_from_slice(&tag);
        Ok(Self { a1: a1.to_vec(), a2 })
    }

    /// A2, the answer.
    #[must_use]
    pub fn a2(&self) -> &[u8] {
        &self.a2
    }

    /// Takes the customer's proof. Returns from where the customer goes on; the path is now the session's.
    ///
    /// # Errors
    /// [`HandshakeError`]: A3 does not prove the session; the path is lost, the session is not.
    pub fn receive_a3(self, keys: &AttachKeys, a3: &[u8]) -> Result<ResumeFrom, HandshakeError> {
        let mut fields = Fields::of(A3, a3)?;
        let peer = ResumeFrom::take(&mut fields)?;
        check(fields, &keys.customer, &[&self.a1, &self.a2, signed_part(a3)])?;
        Ok(peer)
    }
}

/// A message without the HMAC at its end.
fn signed_part(message: &[u8]) -> &[u8] {
    &message[..message.len().saturating_sub(TAG)]
}

/// Takes the HMAC off the end of a message and compares it in constant time.
fn check(mut fields: Fields<'_>, key: &[u8; 32], parts: &[&[u8]]) -> Result<(), HandshakeError> {
    let received = fields.array::<TAG>()?;
    fields.end()?;
    if tag(key, parts).ct_eq(&received).into() { Ok(()) } else { Err(HandshakeError::AttachProof) }
}

/// HMAC-SHA256 over the parts, each as `lp`.
fn tag(key: &[u8; 32], parts: &[&[u8]]) -> [u8; TAG] {
    // HMAC pads a key of less than one block with zeros (RFC 2104), so giving it a whole block needs no error path.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&(*block).into());
    for part in parts {
        mac.update(&lp_length(part));
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
