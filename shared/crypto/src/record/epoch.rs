//! One epoch of one lane and direction: Se, and the key and iv made from it.

use beside_protocol::limits::RECORD_HEADER;
use beside_protocol::record::{Direction, Lane, RecordHeader};

use crate::seal::{NotSealed, Root, SealKey};

/// Se with its number, key and iv.
pub(super) struct Epoch {
    number: u32,
    secret: Root,
    key: SealKey,
}

impl Epoch {
    /// S0 = X(traffic, "beside1 lane" ‖ direction ‖ lane, 32).
    pub(super) fn first(traffic: &Root, lane: Lane, direction: Direction) -> Self {
        Self::new(0, traffic.child(&[b"beside1 lane", &[direction as u8, lane as u8]]))
    }

    /// Se+1 = X(Se, "beside1 epoch", 32); none after the last number. Who adopts it drops this one, which wipes it.
    pub(super) fn next(&self) -> Option<Self> {
        Some(Self::new(self.number.checked_add(1)?, self.secret.child(&[b"beside1 epoch"])))
    }

    fn new(number: u32, secret: Root) -> Self {
        let key = SealKey::derive(&secret, &[b"beside1 key"]);
        Self { number, secret, key }
    }

    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    /// Only the key: what was sealed in this epoch can still be opened, but no other epoch can be derived.
    pub(super) fn into_key(self) -> SealKey {
        self.key
    }

    /// header ‖ Seal(payload), the header being the additional data.
    pub(super) fn seal(&self, lane: Lane, seq: u64, payload: &[u8]) -> Result<Vec<u8>, NotSealed> {
        let header = RecordHeader { lane, epoch: self.number, seq }.encode();
        let sealed = self.key.seal(seq, &header, payload)?;
        let mut record = Vec::with_capacity(RECORD_HEADER + sealed.len());
        record.extend_from_slice(&header);
        record.extend_from_slice(&sealed);
        Ok(record)
    }

    pub(super) fn open(&self, seq: u64, aad: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, NotSealed> {
        self.key.open(seq, aad, ciphertext)
    }
}
