//! Sealed records of a lane in order, kept until the peer acknowledges them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Most bytes kept of one lane. What would not fit is not sealed.
pub(super) const KEPT_MAX: usize = 4 << 20;

struct Record {
    seq: u64,
    bytes: Vec<u8>,
    sealed: Instant,
}

/// The unacknowledged records of one lane, oldest first, without gaps.
#[derive(Default)]
pub(super) struct Kept {
    records: VecDeque<Record>,
    size: usize,
}

impl Kept {
    /// Whether a record with a payload of this length may be kept.
    pub(super) const fn has_room(&self, payload: usize) -> bool {
        self.size + payload <= KEPT_MAX
    }

    pub(super) fn keep(&mut self, seq: u64, bytes: Vec<u8>, now: Instant) {
        self.size += bytes.len();
        self.records.push_back(Record { seq, bytes, sealed: now });
    }

    /// Forgets everything before `next`. Says whether there was anything.
    pub(super) fn forget_before(&mut self, next: u64) -> bool {
        let mut any = false;
        while let Some(record) = self.records.pop_front_if(|record| record.seq < next) {
            self.size -= record.bytes.len();
            any = true;
        }
        any
    }

    /// The oldest unacknowledged number.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.records.front().map(|record| record.seq)
    }

    /// The oldest unacknowledged number whose record is not older than `age`.
    pub(super) fn oldest_within(&self, age: Duration, now: Instant) -> Option<u64> {
        self.records.iter().find(|record| now.saturating_duration_since(record.sealed) <= age).map(|record| record.seq)
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &[u8]> {
        self.records.iter().map(|record| record.bytes.as_slice())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_kept_until_acknowledged_and_no_more_than_4_mib_of_them() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do as the origin of virtual time")]
        let now = Instant::now();
        let mut kept = Kept::default();
        for seq in 0..4 {
            assert!(kept.has_room(1 << 20));
            kept.keep(seq, vec![0; 1 << 20], now + Duration::from_secs(seq));
        }
        assert!(!kept.has_room(1));
        assert_eq!(kept.oldest(), Some(0));
        assert_eq!(kept.oldest_within(Duration::from_secs(1), now + Duration::from_secs(3)), Some(2));
        assert_eq!(kept.oldest_within(Duration::from_secs(1), now + Duration::from_secs(5)), None);
        assert!(kept.forget_before(3));
        assert!(!kept.forget_before(3));
        assert_eq!((kept.oldest(), kept.records().count()), (Some(3), 1));
        assert!(kept.has_room(3 << 20));
        assert!(kept.forget_before(9) && kept.is_empty());
    }
}
