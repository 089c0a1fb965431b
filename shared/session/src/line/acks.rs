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
