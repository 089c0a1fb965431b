//! The record header and the lanes. Frozen: `20 ‖ lane u8 ‖ epoch u32 ‖ seq u64 ‖ ciphertext`.

use crate::handshake::RECORD;
use crate::limits::{RECORD_HEADER, RECORD_MAX, TAG};
use crate::path::Channel;
use crate::wire::{Reader, WireError};

/// A stream of records with its own keys and numbers in each direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lane {
    /// Control, signalling of paths, chat, close. In order, repeated until acknowledged.
    Control = 0,
    /// Input, operator to customer only. In order, repeated until acknowledged.
    Input = 1,
    /// The pointer's position. The newest counts.
    Pointer = 2,
    /// The picture and its feedback. Loss is mended by the picture's own repeat requests.
    Picture = 3,
    /// Files. In order, repeated until acknowledged.
    Files = 4,
    /// Voice.
    Voice = 5,
    /// Acknowledgements of the lanes in order.
    Ack = 6,
}

impl Lane {
    /// Every lane by number.
    pub const ALL: [Self; 7] =
        [Self::Control, Self::Input, Self::Pointer, Self::Picture, Self::Files, Self::Voice, Self::Ack];

    /// The lane with this number.
    ///
    /// # Errors
    /// There is no such lane.
    pub fn from_number(number: u8) -> Result<Self, WireError> {
        Self::ALL.get(usize::from(number)).copied().ok_or(WireError::Value("lane"))
    }

    /// Whether records arrive in order and are repeated (R), or in a replay window (W).
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Control | Self::Input | Self::Files)
    }

    /// The channel of a path that carries this lane.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::Control | Self::Input => Channel::Ordered,
            Self::Pointer | Self::Picture | Self::Voice | Self::Ack => Channel::Loose,
            Self::Files => Channel::Bulk,
        }
    }
}

/// Which way a record goes; the two ways never share a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Direction {
    /// From the customer to the operator.
    ToOperator = 0,
    /// From the operator to the customer.
    ToCustomer = 1,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub const fn reverse(self) -> Self {
        match self {
            Self::ToOperator => Self::ToCustomer,
            Self::ToCustomer => Self::ToOperator,
        }
    }
}

/// The 14 bytes before a record's ciphertext, which are also its additional data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader {
    /// The lane.
    pub lane: Lane,
    /// The key's epoch, counted from 0.
    pub epoch: u32,
    /// The record's number in its lane and direction; never restarts.
    pub seq: u64,
}

impl RecordHeader {
    /// The header's bytes.
    #[must_use]
    pub fn encode(self) -> [u8; RECORD_HEADER] {
        let mut bytes = [0; RECORD_HEADER];
        bytes[0] = RECORD;
        bytes[1] = self.lane as u8;
        bytes[2..6].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[6..].copy_from_slice(&self.seq.to_be_bytes());
        bytes
    }

    /// Splits a record into header, the header's bytes as additional data, and ciphertext with its tag.
    ///
    /// # Errors
    /// The bytes are no record, are shorter than header and tag, or longer than [`RECORD_MAX`].
    pub fn decode(record: &[u8]) -> Result<(Self, &[u8], &[u8]), WireError> {
        if record.len() > RECORD_MAX {
            return Err(WireError::Value("length"));
        }
        if record.len() < RECORD_HEADER + TAG {
            return Err(WireError::Short);
        }
        let (head, ciphertext) = record.split_at(RECORD_HEADER);
        let mut reader = Reader(head);
        if reader.u8()? != RECORD {
            return Err(WireError::Value("type"));
        }
        let lane = Lane::from_number(reader.u8()?)?;
        let epoch = reader.u32()?;
        let seq = u64::from_be_bytes(reader.array()?);
        Ok((Self { lane, epoch, seq }, head, ciphertext))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_header_is_frozen() {
        let header = RecordHeader { lane: Lane::Picture, epoch: 0x0102_0304, seq: 0x0506_0708_090a_0b0c };
        assert_eq!(header.encode(), [0x20, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }

    proptest! {
        #[test]
        fn headers_survive(lane in 0u8..7, epoch: u32, seq: u64, body in prop::collection::vec(any::<u8>(), 16..64)) {
            let header = RecordHeader { lane: Lane::from_number(lane).unwrap(), epoch, seq };
            let mut record = header.encode().to_vec();
            record.extend_from_slice(&body);
            let (back, aad, ciphertext) = RecordHeader::decode(&record).unwrap();
            prop_assert_eq!(back, header);
            prop_assert_eq!(aad, &record[..14]);
            prop_assert_eq!(ciphertext, body.as_slice());
        }

        #[test]
        fn any_bytes_are_a_record_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = RecordHeader::decode(&bytes);
        }
    }
}
