//! Attaching a further path to a session: A1, A2, A3 prove on it that both ends are the session's, and say from where
//! each lane in order goes on.

use beside_protocol::SessionId;
use beside_protocol::handshake::{A1, A1_LENGTH, A2, A2_LENGTH, A3, A3_LENGTH};
use rand_core::CryptoRng;

use crate::error::HandshakeError;
use crate::message::Fields;
use crate::seal::{MacKey, Root};
use crate::transcript::push_lp;

/// Bytes of the HMAC at the end of A2 and A3.
const TAG: usize = 32;

/// The keys that prove a path is the session's. They wipe themselves and do not print.
pub struct AttachKeys {
    sid: SessionId,
    operator: MacKey,
    customer: MacKey,
}

impl AttachKeys {
    pub(crate) fn derive(sid: SessionId, traffic: &Root) -> Self {
        Self {
            sid,
            operator: MacKey::derive(traffic, &[b"beside1 attach o"]),
            customer: MacKey::derive(traffic, &[b"beside1 attach c"]),
        }
    }
}

/// From where one side goes on sending on the lanes in order: the oldest number not acknowledged, else the next one.
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
        let tag = keys.customer.tag(&[&joined(&[&self.a1, a2, &a3])]);
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
        let tag = keys.operator.tag(&[&joined(&[a1, &a2])]);
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

/// Takes the HMAC off the end of a message and checks it.
fn check(mut fields: Fields<'_>, key: &MacKey, parts: &[&[u8]]) -> Result<(), HandshakeError> {
    let received = fields.array::<TAG>()?;
    fields.end()?;
    if key.holds(&[&joined(parts)], &received) { Ok(()) } else { Err(HandshakeError::AttachProof) }
}

/// What an HMAC covers: the parts, each as `lp`.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        push_lp(&mut bytes, part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use beside_protocol::record::Direction;
    use getrandom::SysRng;
    use getrandom::rand_core::UnwrapErr;

    use super::*;
    use crate::start::start;

    const CUSTOMER: ResumeFrom = ResumeFrom { control: 1, input: 0, files: u64::MAX };
    const OPERATOR: ResumeFrom = ResumeFrom { control: 70, input: 8_000, files: 9 };

    fn keys(sid: u8, traffic: u8) -> AttachKeys {
        AttachKeys::derive(SessionId([sid; 16]), &Root::extract(&[traffic; 32], b"traffic"))
    }

    fn rng() -> UnwrapErr<SysRng> {
        UnwrapErr(SysRng)
    }

    #[test]
    fn both_sides_learn_from_where_the_other_goes_on() {
        let keys = keys(1, 1);
        let asked = AttachAsked::new(&mut rng(), &keys);
        let answered = AttachAnswered::new(&mut rng(), &keys, asked.a1(), OPERATOR).unwrap();
        let (a3, from_operator) = asked.receive_a2(&keys, answered.a2(), CUSTOMER).unwrap();
        assert_eq!(from_operator, OPERATOR);
        assert_eq!(answered.receive_a3(&keys, &a3), Ok(CUSTOMER));
    }

    /// Hands each message over through `wire`; `Ok` only if both sides ended up attached.
    fn attach(wire: impl Fn(u8, &[u8]) -> Vec<u8>) -> Result<(), HandshakeError> {
        let keys = keys(1, 1);
        let asked = AttachAsked::new(&mut rng(), &keys);
        let answered = AttachAnswered::new(&mut rng(), &keys, &wire(A1, asked.a1()), OPERATOR)?;
        let (a3, _) = asked.receive_a2(&keys, &wire(A2, answered.a2()), CUSTOMER)?;
        answered.receive_a3(&keys, &wire(A3, &a3)).map(drop)
    }

    #[test]
    fn every_flipped_bit_and_every_other_length_is_refused() {
        attach(|_, message| message.to_vec()).unwrap();
        for (kind, length) in [(A1, A1_LENGTH), (A2, A2_LENGTH), (A3, A3_LENGTH)] {
            let changed = |change: &dyn Fn(&mut Vec<u8>)| {
                attach(|this, message| {
                    let mut message = message.to_vec();
                    if this == kind {
                        assert_eq!(message.len(), length);
                        change(&mut message);
                    }
                    message
                })
            };
            for bit in 0..length * 8 {
                assert!(changed(&|message| message[bit / 8] ^= 1 << (bit % 8)).is_err(), "{kind:#x} bit {bit}");
            }
            for shorter in 0..length {
                assert!(changed(&|message| message.truncate(shorter)).is_err(), "{kind:#x} cut to {shorter}");
            }
            assert!(changed(&|message| message.push(0)).is_err());
        }
    }

    #[test]
    fn another_session_and_other_keys_are_refused() {
        let asked = AttachAsked::new(&mut rng(), &keys(1, 1));
        assert_eq!(
            AttachAnswered::new(&mut rng(), &keys(2, 1), asked.a1(), OPERATOR).err(),
            Some(HandshakeError::AnotherSession)
        );
        let impostor = AttachAnswered::new(&mut rng(), &keys(1, 2), asked.a1(), OPERATOR).unwrap();
        assert_eq!(asked.receive_a2(&keys(1, 1), impostor.a2(), CUSTOMER).err(), Some(HandshakeError::AttachProof));
    }

    #[test]
    fn an_answer_can_not_be_played_again_or_back() {
        let keys = keys(1, 1);
        let first = AttachAsked::new(&mut rng(), &keys);
        let answered = AttachAnswered::new(&mut rng(), &keys, first.a1(), OPERATOR).unwrap();
        let again = AttachAsked::new(&mut rng(), &keys);
        assert_eq!(again.receive_a2(&keys, answered.a2(), CUSTOMER).err(), Some(HandshakeError::AttachProof));
        let a2 = answered.a2().to_vec();
        assert_eq!(answered.receive_a3(&keys, &a2), Err(HandshakeError::Unexpected));
    }

    #[test]
    fn both_sides_of_a_session_have_the_same_keys() {
        let session = |sends| {
            let traffic = Root::extract(&[1; 32], b"traffic");
            crate::SessionKeys::new(SessionId([9; 16]), sends, traffic).into_lanes(start()).attach
        };
        let (customer, operator) = (session(Direction::ToOperator), session(Direction::ToCustomer));
        let asked = AttachAsked::new(&mut rng(), &customer);
        let answered = AttachAnswered::new(&mut rng(), &operator, asked.a1(), OPERATOR).unwrap();
        asked.receive_a2(&customer, answered.a2(), CUSTOMER).unwrap();
    }
}
