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
