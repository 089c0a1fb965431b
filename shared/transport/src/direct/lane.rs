//! The sending side of one data channel: a bounded queue, and the ledger of what the channel has taken.

use std::collections::VecDeque;
use std::sync::Arc;

use beside_protocol::path::Channel;
use bytes::BytesMut;
use webrtc::data_channel::DataChannel;

use super::error::PathError;
use super::ledger::Ledger;
use super::peer::SEND_LIMIT;

/// Bytes that may wait for a reliable channel: twice what the session keeps unacknowledged for one lane. More means
/// that the path is stuck, and it is given up.
const RELIABLE_QUEUE: usize = 8 << 20;
/// Bytes that may wait for the loose channel. What doesn't fit is dropped, newest first; repeat requests mend it.
const LOOSE_QUEUE: usize = 512 << 10;
/// Bytes of bulk in flight while the picture rests.
const BULK_LIMIT: usize = 128 << 10;
/// Bytes of bulk in flight beside a moving picture: one message waits for the other's turn.
const BULK_YIELDING: usize = 16 << 10;

/// One channel's.
pub(super) struct Lane {
    channel: Channel,
    data: Arc<dyn DataChannel>,
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    ledger: Ledger,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It will be sent.
    Queued,
    /// There was no room, and it is one that may be lost.
    Dropped,
}

impl Lane {
    pub(super) fn new(channel: Channel, data: Arc<dyn DataChannel>) -> Self {
        Self { channel, data, queue: VecDeque::new(), queued: 0, ledger: Ledger::default() }
    }

    pub(super) fn push(&mut self, message: Vec<u8>) -> Result<Pushed, PathError> {
        let filled = self.queued + message.len();
        match self.channel {
            Channel::Ordered | Channel::Bulk if filled > RELIABLE_QUEUE => {
                return Err(PathError::Lost("it takes nothing"));
            }
            Channel::Loose if filled > LOOSE_QUEUE => return Ok(Pushed::Dropped),
            Channel::Ordered | Channel::Bulk | Channel::Loose => {}
        }
        self.queued = filled;
        self.queue.push_back(message);
        Ok(Pushed::Queued)
    }

    /// Whether everything has left.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.ledger.outstanding() == 0
    }

    /// Bytes that the channel still has.
    pub(super) const fn outstanding(&self) -> usize {
        self.ledger.outstanding()
    }

    /// Hands the channel what it may have. Whether it took anything.
    pub(super) async fn pump(&mut self, beside_picture: bool) -> Result<bool, PathError> {
        let limit = match (self.channel, beside_picture) {
            (Channel::Ordered | Channel::Loose, _) => SEND_LIMIT,
            (Channel::Bulk, false) => BULK_LIMIT,
            (Channel::Bulk, true) => BULK_YIELDING,
        };
        let mut took = false;
        while let Some(message) = self.queue.pop_front() {
            let length = message.len();
            if self.ledger.outstanding() + length > limit {
                self.queue.push_front(message);
                break;
            }
            let sent = self.data.try_send(BytesMut::from(bytes::Bytes::from(message))).await;
            sent.map_err(|_| PathError::Lost("a data channel is closed"))?;
            self.queued -= length;
            self.ledger.taken(length);
            took = true;
        }
        Ok(took)
    }

    /// Bytes of whole messages that have left since the last time.
    pub(super) async fn settle(&mut self) -> Result<usize, PathError> {
        if self.ledger.outstanding() == 0 {
            return Ok(0);
        }
        let outstanding =
            self.data.outstanding_bytes().await.map_err(|_| PathError::Lost("a data channel is closed"))?;
        Ok(self.ledger.settle(outstanding))
    }
}
