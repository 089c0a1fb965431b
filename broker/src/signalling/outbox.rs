//! What waits to be sent on one socket, up to a bound; with more the connection is dropped.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use actix_codec::Encoder as _;
use actix_http::ws::{CloseCode, CloseReason, Codec, Message, ProtocolError};
use beside_protocol::ErrorCode;
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use futures_util::Stream;
use tokio::sync::Notify;

use super::lifeline::Lifeline;

/// Bytes encoded at a time for the connection's own buffer.
const CHUNK: usize = 32 * 1024;

/// The queue of one socket.
#[derive(Debug)]
pub struct Outbox {
    most: usize,
    queue: Mutex<Queue>,
    lifeline: Lifeline,
    closing: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Message>,
    bytes: usize,
    state: State,
    reader: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Open,
    /// A close frame is the last one queued.
    Closing,
    /// The body ends when the queue is empty.
    Finished,
}

impl Outbox {
    /// An empty queue over a connection, for so many bytes at most.
    #[must_use]
    pub fn new(lifeline: Lifeline, most: usize) -> Arc<Self> {
        Arc::new(Self { most, queue: Mutex::default(), lifeline, closing: Notify::new() })
    }

    /// Bytes that wait to be sent.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.locked().bytes
    }

    /// Queues a text frame.
    pub fn text(&self, text: impl Into<ByteString>) {
        self.push(Message::Text(text.into()));
    }

    /// Queues a binary frame.
    pub fn binary(&self, bytes: Bytes) {
        self.push(Message::Binary(bytes));
    }

    /// Queues a ping.
    pub fn ping(&self) {
        self.push(Message::Ping(Bytes::new()));
    }

    /// Queues the answer to a ping.
    pub fn pong(&self, bytes: Bytes) {
        self.push(Message::Pong(bytes));
    }

    /// Sends what is queued, then closes: normally, or with 1008 and the error's text.
    pub fn close(&self, error: Option<ErrorCode>) {
        let reason = match error {
            Some(error) => CloseReason { code: CloseCode::Policy, description: Some(error.to_string()) },
            None => CloseCode::Normal.into(),
        };
        self.push(Message::Close(Some(reason)));
    }

    /// Sends what is queued, then closes, since the broker stops.
    pub fn going_away(&self) {
        self.push(Message::Close(Some(CloseCode::Away.into())));
    }

    /// Waits until this side has begun to close.
    pub async fn closing(&self) {
        loop {
            let notified = self.closing.notified();
            if self.locked().state != State::Open {
                return;
            }
            notified.await;
        }
    }

    /// Ends the response. With `gracefully` what is queued still goes out; otherwise the connection is cut.
    pub fn finish(&self, gracefully: bool) {
        let mut queue = self.locked();
        queue.state = State::Finished;
        if !gracefully {
            queue.frames.clear();
            self.lifeline.cut();
        }
        queue.wake();
        drop(queue);
        self.closing.notify_waiters();
    }

    fn push(&self, message: Message) {
        let mut queue = self.locked();
        if queue.state != State::Open {
            return;
        }
        let length = length(&message);
        if queue.bytes + length > self.most {
            tracing::info!("a reader was too slow; its connection is dropped");
            drop(queue);
            self.finish(false);
            return;
        }
        let closes = matches!(message, Message::Close(_));
        queue.bytes += length;
        queue.frames.push_back(message);
        if closes {
            queue.state = State::Closing;
        }
        queue.wake();
        drop(queue);
        if closes {
            self.closing.notify_waiters();
        }
    }

    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

/// Bytes that a message counts for in the queue.
fn length(message: &Message) -> usize {
    const FRAME: usize = 16;
    FRAME
        + match message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Continuation(_) | Message::Close(_) | Message::Nop => 0,
        }
}

/// The response body that empties an outbox. When the connection drops it, the outbox is finished.
#[derive(Debug)]
pub struct Outgoing {
    outbox: Arc<Outbox>,
    codec: Codec,
}

impl Outgoing {
    /// The body of `outbox`.
    #[must_use]
    pub const fn new(outbox: Arc<Outbox>) -> Self {
        Self { outbox, codec: Codec::new() }
    }
}

impl Stream for Outgoing {
    type Item = Result<Bytes, ProtocolError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let mut queue = this.outbox.locked();
        let mut chunk = BytesMut::new();
        while chunk.len() < CHUNK
            && let Some(message) = queue.frames.pop_front()
        {
            queue.bytes -= length(&message);
            if let Err(error) = this.codec.encode(message, &mut chunk) {
                return Poll::Ready(Some(Err(error)));
            }
        }
        if !chunk.is_empty() {
            return Poll::Ready(Some(Ok(chunk.freeze())));
        }
        if queue.state == State::Finished {
            return Poll::Ready(None);
        }
        queue.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.outbox.finish(true);
    }
}

#[cfg(test)]
mod tests {
    use beside_protocol::limits::RELAY_QUEUE_MAX;
    use futures_util::{FutureExt as _, StreamExt as _};

    use super::*;

    #[test]
    fn a_queue_over_its_bound_is_dropped() {
        let outbox = Outbox::new(Lifeline::default(), RELAY_QUEUE_MAX);
        let mut outgoing = Outgoing::new(Arc::clone(&outbox));
        let frame = Bytes::from(vec![0; 1 << 16]);
        for _ in 0..15 {
            outbox.binary(frame.clone());
        }
        assert!(outbox.closing().now_or_never().is_none(), "below the bound nothing happens");
        outbox.binary(frame);
        assert!(outbox.closing().now_or_never().is_some());
        assert!(outgoing.next().now_or_never().unwrap().is_none(), "nothing more is sent");
    }

    #[test]
    fn reading_makes_room_and_a_close_is_the_last_frame() {
        let outbox = Outbox::new(Lifeline::default(), RELAY_QUEUE_MAX);
        let mut outgoing = Outgoing::new(Arc::clone(&outbox));
        let frame = Bytes::from(vec![0; 1 << 16]);
        for _ in 0..100 {
            outbox.binary(frame.clone());
            assert!(outgoing.next().now_or_never().unwrap().unwrap().unwrap().len() > 1 << 16);
        }
        outbox.close(Some(ErrorCode::MessageMalformed));
        outbox.text("too late");
        let last = outgoing.next().now_or_never().unwrap().unwrap().unwrap();
        assert!(last.ends_with(b"message_malformed"));
        assert!(outgoing.next().now_or_never().is_none(), "the body waits for the other side's close");
        outbox.finish(true);
        assert!(outgoing.next().now_or_never().unwrap().is_none());
    }
}
