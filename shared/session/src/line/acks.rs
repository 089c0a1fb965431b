//! Lane 6: which records in order have arrived. A payload is one to three times lane u8 ‖ next expected seq u64.

use std::time::{Duration, Instant};

use beside_protocol::WireError;
use beside_protocol::record::Lane;

/// The lanes that are acknowledged.
const LANES: [Lane; 3] = [Lane::Control, Lane::Input, Lane::Files];
/// Records after which an ack goes out at once.
const EVERY: u32 = 64;
/// How long an ack waits for company.
const DELAY: Duration = Duration::from_millis(50);
const ENTRY: usize = 9;

/// What this side still has to acknowledge.
#[derive(Default)]
pub(super) struct AcksDue {
    lanes: [bool; LANES.len()],
    records: u32,
    due: Option<Instant>,
}

impl AcksDue {
    /// A record of a lane in order arrived, new or again.
    pub(super) fn note(&mut self, lane: Lane, now: Instant) {
        if let Some(place) = LANES.iter().position(|other| *other == lane) {
            self.lanes[place] = true;
            self.records += 1;
            let due = if self.records >= EVERY { now } else { now + DELAY };
            self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
        }
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// The payload that acknowledges everything due, or nothing if nothing is.
    pub(super) fn take(&mut self, mut expected: impl FnMut(Lane) -> u64) -> Option<Vec<u8>> {
        self.due = None;
        self.records = 0;
        let lanes = std::mem::take(&mut self.lanes);
        let due = LANES.into_iter().zip(lanes).filter(|(_, due)| *due);
        let payload: Vec<u8> = due.flat_map(|(lane, _)| entry(lane, expected(lane))).collect();
        (!payload.is_empty()).then_some(payload)
    }
}

/// One lane's part of a payload.
pub(super) fn entry(lane: Lane, next: u64) -> [u8; ENTRY] {
    let mut bytes = [lane as u8; ENTRY];
    bytes[1..].copy_from_slice(&next.to_be_bytes());
    bytes
}

/// Reads a payload.
///
/// # Errors
/// It is no ack.
pub(super) fn decode(payload: &[u8]) -> Result<Vec<(Lane, u64)>, WireError> {
    let (entries, rest) = payload.as_chunks::<ENTRY>();
    if entries.is_empty() || entries.len() > LANES.len() || !rest.is_empty() {
        return Err(WireError::Value("length"));
    }
    entries
        .iter()
        .map(|[lane, next @ ..]| {
            let lane = Lane::from_number(*lane)?;
            if lane.is_ordered() { Ok((lane, u64::from_be_bytes(*next))) } else { Err(WireError::Value("lane")) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn start() -> Instant {
        #[expect(clippy::disallowed_methods, reason = "any instant will do as the origin of virtual time")]
        Instant::now()
    }

    #[test]
    fn an_ack_waits_50_milliseconds_or_for_64_records() {
        let now = start();
        let mut acks = AcksDue::default();
        acks.note(Lane::Control, now);
        acks.note(Lane::Input, now + DELAY / 2);
        assert_eq!(acks.deadline(), Some(now + DELAY));
        let payload = acks.take(|lane| lane as u64 + 7).unwrap();
        assert_eq!(decode(&payload), Ok(vec![(Lane::Control, 7), (Lane::Input, 8)]));
        assert_eq!((acks.deadline(), acks.take(|_| 0)), (None, None));
        for _ in 0..63 {
            acks.note(Lane::Input, now);
        }
        assert_eq!(acks.deadline(), Some(now + DELAY));
        acks.note(Lane::Input, now);
        assert_eq!(acks.deadline(), Some(now));
    }

    #[test]
    fn lanes_without_order_are_not_acknowledged() {
        assert!(decode(&entry(Lane::Picture, 1)).is_err());
        let mut acks = AcksDue::default();
        acks.note(Lane::Picture, start());
        assert_eq!(acks.deadline(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_acks_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes);
        }
    }
}
