//! The receiving end of a lane.

use std::time::{Duration, Instant};

use beside_protocol::ErrorCode;
use beside_protocol::record::{Direction, Lane, RecordHeader};
use thiserror::Error;

use super::epoch::Epoch;
use super::window::ReplayWindow;
use crate::seal::{NotSealed, Root, SealKey};

/// How long the epoch before the current one is still taken on lanes without order.
const LAST_EPOCH_LIFE: Duration = Duration::from_secs(10);

/// How many epochs further a record may be on a lane without order. There the only record of an epoch may have been
/// lost, and a lane that is quiet for hours must not fall out of step for ever. See docs/adr.
pub const LANE_LOOKAHEAD: u32 = 48;

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Opened {
    /// It opened; its payload.
    Payload(Vec<u8>),
    /// It was not the next one in order, or was seen before, or is too old. It had no effect.
    Dropped,
}

/// The record does not open: it was altered, or is not of this session, lane and direction. Its path is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a record does not open")]
pub struct OpenError;

impl OpenError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        ErrorCode::RecordForged
    }
}

impl From<NotSealed> for OpenError {
    fn from(_: NotSealed) -> Self {
        Self
    }
}

/// Opens the records of one lane in one direction.
pub struct LaneOpener {
    current: Epoch,
    order: Order,
}

enum Order {
    /// One after the other.
    Strict { expected: u64 },
    /// Each at most once.
    Loose { window: ReplayWindow, last: Option<LastEpoch> },
}

/// The epoch before the current one; its secret is gone, so it leads nowhere.
struct LastEpoch {
    number: u32,
    key: SealKey,
    until: Instant,
}

impl LaneOpener {
    pub(crate) fn new(traffic: &Root, lane: Lane, direction: Direction) -> Self {
        let order = if lane.is_ordered() {
            Order::Strict { expected: 0 }
        } else {
            Order::Loose { window: ReplayWindow::new(), last: None }
        };
        Self { current: Epoch::first(traffic, lane, direction), order }
    }

    /// On lanes in order the number of the record that is opened next; on the others one above the highest opened.
    #[must_use]
    pub const fn expected(&self) -> u64 {
        match &self.order {
            Order::Strict { expected } => *expected,
            Order::Loose { window, .. } => window.next(),
        }
    }

    /// On a lane in order, goes on from `seq` without what comes before; for lane 1 after an attach. Says whether
    /// anything was skipped; going back is not possible, and lanes without order have nothing to skip.
    pub const fn skip_to(&mut self, seq: u64) -> bool {
        match &mut self.order {
            Order::Strict { expected } if seq > *expected => {
                *expected = seq;
                true
            }
            Order::Strict { .. } | Order::Loose { .. } => false,
        }
    }

    /// Opens a record, split as [`RecordHeader::decode`] does.
    ///
    /// # Errors
    /// [`OpenError`]: it does not open. The lane is as it was.
    pub fn open(
        &mut self,
        now: Instant,
        header: RecordHeader,
        aad: &[u8],
        ciphertext: &[u8],
    ) -> Result<Opened, OpenError> {
        // The last number is never sealed, so that "one above" always exists.
        if header.seq == u64::MAX {
            return Err(OpenError);
        }
        match &mut self.order {
            Order::Strict { expected } => {
                if header.seq != *expected {
                    return Ok(Opened::Dropped);
                }
                let payload = open_within(&mut self.current, 1, header, aad, ciphertext)?.payload;
                *expected += 1;
                Ok(Opened::Payload(payload))
            }
            Order::Loose { window, last } => {
                last.take_if(|last| now >= last.until);
                if !window.is_fresh(header.seq) {
                    return Ok(Opened::Dropped);
                }
                let payload = if header.epoch < self.current.number() {
                    match last {
                        Some(last) if last.number == header.epoch => last.key.open(header.seq, aad, ciphertext)?,
                        Some(_) | None => return Ok(Opened::Dropped),
                    }
                } else {
                    let opened = open_within(&mut self.current, LANE_LOOKAHEAD, header, aad, ciphertext)?;
                    if let Some((number, key)) = opened.left_behind {
                        *last = Some(LastEpoch { number, key, until: now + LAST_EPOCH_LIFE });
                    }
                    opened.payload
                };
                window.mark(header.seq);
                Ok(Opened::Payload(payload))
            }
        }
    }
}

struct OpenedWithin {
    payload: Vec<u8>,
    /// The epoch that was current until this record opened, if it raised the epoch.
    left_behind: Option<(u32, SealKey)>,
}

/// Opens a record of the current epoch, or of one at most `ahead` further, which becomes the current one if it opens.
fn open_within(
    current: &mut Epoch,
    ahead: u32,
    header: RecordHeader,
    aad: &[u8],
    ciphertext: &[u8],
) -> Result<OpenedWithin, OpenError> {
    let steps = header.epoch.checked_sub(current.number()).filter(|steps| *steps <= ahead).ok_or(OpenError)?;
    if steps == 0 {
        return Ok(OpenedWithin { payload: current.open(header.seq, aad, ciphertext)?, left_behind: None });
    }
    let mut epoch = current.next().ok_or(OpenError)?;
    for _ in 1..steps {
        epoch = epoch.next().ok_or(OpenError)?;
    }
    let payload = epoch.open(header.seq, aad, ciphertext)?;
    let passed = std::mem::replace(current, epoch);
    Ok(OpenedWithin { payload, left_behind: Some((passed.number(), passed.into_key())) })
}
