//! The sending end of a lane.

use std::time::{Duration, Instant};

use beside_protocol::limits::PAYLOAD_MAX;
use beside_protocol::record::{Direction, Lane};
use thiserror::Error;

use super::epoch::Epoch;
use crate::seal::{NotSealed, Root};

/// An epoch ends before this many records.
pub const EPOCH_RECORDS: u32 = 1 << 22;
/// An epoch ends before it is this old.
pub const EPOCH_LIFE: Duration = Duration::from_secs(30 * 60);

/// Why nothing was sealed. It is this side's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// The payload is longer than a record holds.
    #[error("the payload is too long for a record")]
    TooLong,
    /// The lane has run out of numbers.
    #[error("the lane has run out of numbers")]
    Exhausted,
}

impl From<NotSealed> for SealError {
    fn from(_: NotSealed) -> Self {
        Self::TooLong
    }
}

/// Seals the records of one lane in one direction, numbering them from 0. It exists once per session.
pub struct LaneSealer {
    lane: Lane,
    epoch: Epoch,
    epoch_since: Instant,
    epoch_records: u32,
    next_seq: u64,
}

impl LaneSealer {
    pub(crate) fn new(traffic: &Root, lane: Lane, direction: Direction, now: Instant) -> Self {
        let epoch = Epoch::first(traffic, lane, direction);
        Self { lane, epoch, epoch_since: now, epoch_records: 0, next_seq: 0 }
    }

    /// The number that the next record will have.
    #[must_use]
    pub const fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// The current epoch.
    #[must_use]
    pub const fn epoch(&self) -> u32 {
        self.epoch.number()
    }

    /// Seals at most [`PAYLOAD_MAX`] bytes into a record. Sending again means sending these bytes again.
    ///
    /// # Errors
    /// [`SealError`]; no number is spent.
    pub fn seal(&mut self, now: Instant, payload: &[u8]) -> Result<Vec<u8>, SealError> {
        if payload.len() > PAYLOAD_MAX {
            return Err(SealError::TooLong);
        }
        let following = self.next_seq.checked_add(1).ok_or(SealError::Exhausted)?;
        let worn = self.epoch_records + 1 >= EPOCH_RECORDS;
        if worn || now.saturating_duration_since(self.epoch_since) >= EPOCH_LIFE {
            self.epoch = self.epoch.next().ok_or(SealError::Exhausted)?;
            self.epoch_since = now;
            self.epoch_records = 0;
        }
        let record = self.epoch.seal(self.lane, self.next_seq, payload)?;
        self.epoch_records += 1;
        self.next_seq = following;
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::start::start;

    #[test]
    fn an_epoch_ends_before_its_number_of_records() {
        let now = start();
        let traffic = Root::extract(&[1; 32], b"traffic");
        let mut sealer = LaneSealer::new(&traffic, Lane::Picture, Direction::ToOperator, now);
        sealer.epoch_records = EPOCH_RECORDS - 2;
        sealer.next_seq = 77;
        sealer.seal(now, b"").unwrap();
        assert_eq!((sealer.epoch(), sealer.epoch_records), (0, EPOCH_RECORDS - 1));
        sealer.seal(now, b"").unwrap();
        assert_eq!((sealer.epoch(), sealer.epoch_records, sealer.next_seq()), (1, 1, 79));
    }

    #[test]
    fn numbers_end_without_repeating() {
        let now = start();
        let traffic = Root::extract(&[1; 32], b"traffic");
        let mut sealer = LaneSealer::new(&traffic, Lane::Picture, Direction::ToOperator, now);
        sealer.next_seq = u64::MAX - 1;
        assert!(sealer.seal(now, b"").is_ok());
        assert_eq!(sealer.seal(now, b""), Err(SealError::Exhausted));
        assert_eq!(sealer.seal(now, b""), Err(SealError::Exhausted));
    }
}
