//! Bytes of M1, M2, M3 and of what M4 and M5 seal.

use beside_protocol::handshake::{M1, M1_LENGTH, M2, M2_LENGTH, M3, M3_LENGTH, M4, M5, M5_LENGTH, SUITE, VERSION};
use beside_protocol::limits::M4_MAX;
use beside_protocol::{Rights, SessionId};

use crate::ephemeral::PUBLIC;
use crate::error::HandshakeError;
use crate::seal::SealKey;
use crate::transcript::{push_lp, take_lp};

/// Bytes of M1 that its commitment covers: all before it.
const M1_HEAD: usize = 19;
/// Bytes of what M5 seals.
const M5_PLAIN: usize = 9;

/// M1, the knock.
pub(crate) struct Knock {
    pub(crate) sid: SessionId,
    pub(crate) commitment: [u8; 32],
}

impl Knock {
    pub(crate) fn head(sid: SessionId) -> [u8; M1_HEAD] {
        let mut head = [0; M1_HEAD];
        head[..3].copy_from_slice(&[M1, VERSION, SUITE]);
        head[3..].copy_from_slice(&sid.0);
        head
    }

    pub(crate) fn encode(&self) -> [u8; M1_LENGTH] {
        let mut bytes = [0; M1_LENGTH];
        bytes[..M1_HEAD].copy_from_slice(&Self::head(self.sid));
        bytes[M1_HEAD..].copy_from_slice(&self.commitment);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HandshakeError> {
        // Type and version come first: a later version may well have another length.
        match bytes {
            [M1, VERSION, SUITE, ..] => {}
            [M1, _, _, ..] => return Err(HandshakeError::Version),
            _ => return Err(HandshakeError::Unexpected),
        }
        let mut fields = Fields(bytes);
        fields.array::<3>()?;
        let knock = Self { sid: SessionId(fields.array()?), commitment: fields.array()? };
        fields.end()?;
        Ok(knock)
    }
}

/// What M2 and M3 have in common: one side's part of the exchange.
#[derive(Clone)]
pub(crate) struct Share {
    pub(crate) key: [u8; PUBLIC],
    pub(crate) nonce: [u8; 32],
    pub(crate) fingerprint: [u8; 32],
    pub(crate) caps: u64,
}

impl Share {
    fn push(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.key);
        out.extend_from_slice(&self.nonce);
        out.extend_from_slice(&self.fingerprint);
        out.extend_from_slice(&self.caps.to_be_bytes());
    }

    fn take(fields: &mut Fields<'_>) -> Result<Self, HandshakeError> {
        Ok(Self {
            key: fields.array()?,
            nonce: fields.array()?,
            fingerprint: fields.array()?,
            caps: u64::from_be_bytes(fields.array()?),
        })
    }
}

/// M2: the operator's share and the hash of the statement to come, or zeros.
pub(crate) fn encode_m2(share: &Share, statement_hash: &[u8; 32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(M2_LENGTH);
    bytes.push(M2);
    share.push(&mut bytes);
    bytes.extend_from_slice(statement_hash);
    bytes
}

pub(crate) fn decode_m2(bytes: &[u8]) -> Result<(Share, [u8; 32]), HandshakeError> {
    let mut fields = Fields::of(M2, bytes)?;
    let share = Share::take(&mut fields)?;
    let statement_hash = fields.array()?;
    fields.end()?;
    Ok((share, statement_hash))
}

/// M3: the customer's share.
pub(crate) fn encode_m3(share: &Share) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(M3_LENGTH);
    bytes.push(M3);
    share.push(&mut bytes);
    bytes
}

pub(crate) fn decode_m3(bytes: &[u8]) -> Result<Share, HandshakeError> {
    let mut fields = Fields::of(M3, bytes)?;
    let share = Share::take(&mut fields)?;
    fields.end()?;
    Ok(share)
}

/// What M4 seals: the operator's statement, the status and the signature over TH; all three empty without a certificate.
#[derive(Default)]
pub(crate) struct Proof<'a> {
    pub(crate) operator: &'a [u8],
    pub(crate) status: &'a [u8],
    pub(crate) signature: &'a [u8],
}

pub(crate) fn seal_m4(key: &SealKey, th: &[u8; 32], proof: &Proof<'_>) -> Result<Vec<u8>, HandshakeError> {
    let mut plain = Vec::new();
    for part in [proof.operator, proof.status, proof.signature] {
        push_lp(&mut plain, part);
    }
    let mut bytes = vec![M4];
    bytes.extend_from_slice(&key.seal(0, &aad(M4, th), &plain)?);
    if bytes.len() > M4_MAX { Err(HandshakeError::TooLarge) } else { Ok(bytes) }
}

/// The plaintext of M4, still in its three parts' form.
pub(crate) fn open_m4(key: &SealKey, th: &[u8; 32], bytes: &[u8]) -> Result<Vec<u8>, HandshakeError> {
    if bytes.len() > M4_MAX {
        return Err(HandshakeError::TooLarge);
    }
    let fields = Fields::of(M4, bytes)?;
    Ok(key.open(0, &aad(M4, th), fields.0)?)
}

impl<'a> Proof<'a> {
    pub(crate) fn decode(plain: &'a [u8]) -> Result<Self, HandshakeError> {
        let mut rest = plain;
        let mut part = || take_lp(&mut rest).ok_or(HandshakeError::Malformed("proof"));
        let proof = Self { operator: part()?, status: part()?, signature: part()? };
        if rest.is_empty() { Ok(proof) } else { Err(HandshakeError::Malformed("proof")) }
    }
}

/// What the customer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// The customer said No.
    Refused = 0,
    /// The customer allows the session.
    Accepted = 1,
    /// The check number did not match.
    NumberDiffers = 2,
}

/// M5, opened: the customer's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no.
    pub verdict: Verdict,
    /// What is allowed from the start; nothing unless accepted.
    pub rights: Rights,
    /// For how many seconds; 0 unless accepted.
    pub lease_seconds: u32,
}

pub(crate) fn seal_m5(key: &SealKey, th4: &[u8; 32], answer: &Answer) -> Result<Vec<u8>, HandshakeError> {
    let mut plain = [0; M5_PLAIN];
    plain[0] = answer.verdict as u8;
    plain[1..5].copy_from_slice(&answer.rights.bits().to_be_bytes());
    plain[5..].copy_from_slice(&answer.lease_seconds.to_be_bytes());
    let mut bytes = Vec::with_capacity(M5_LENGTH);
    bytes.push(M5);
    bytes.extend_from_slice(&key.seal(0, &aad(M5, th4), &plain)?);
    Ok(bytes)
}

pub(crate) fn open_m5(key: &SealKey, th4: &[u8; 32], bytes: &[u8]) -> Result<Answer, HandshakeError> {
    let fields = Fields::of(M5, bytes)?;
    if bytes.len() != M5_LENGTH {
        return Err(HandshakeError::Malformed("length"));
    }
    let plain = key.open(0, &aad(M5, th4), fields.0)?;
    let mut fields = Fields(&plain);
    let verdict = match fields.array()? {
        [0] => Verdict::Refused,
        [1] => Verdict::Accepted,
        [2] => Verdict::NumberDiffers,
        [_] => return Err(HandshakeError::Malformed("verdict")),
    };
    let rights =
        Rights::from_bits(u32::from_be_bytes(fields.array()?)).ok_or(HandshakeError::Malformed("set of rights"))?;
    let answer = Answer { verdict, rights, lease_seconds: u32::from_be_bytes(fields.array()?) };
    fields.end()?;
    Ok(answer)
}

/// A type and the transcript hash that a sealed message is bound to.
fn aad(kind: u8, transcript: &[u8; 32]) -> [u8; 33] {
    let mut aad = [kind; 33];
    aad[1..].copy_from_slice(transcript);
    aad
}

/// A cursor over a message of fixed fields.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// The fields after a message's type.
    pub(crate) fn of(kind: u8, bytes: &'a [u8]) -> Result<Self, HandshakeError> {
        match bytes.split_first() {
            Some((first, rest)) if *first == kind => Ok(Self(rest)),
            Some(_) | None => Err(HandshakeError::Unexpected),
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], HandshakeError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(HandshakeError::Malformed("length"))?;
        self.0 = rest;
        Ok(*head)
    }

    pub(crate) fn end(self) -> Result<(), HandshakeError> {
        if self.0.is_empty() { Ok(()) } else { Err(HandshakeError::Malformed("length")) }
    }
}
