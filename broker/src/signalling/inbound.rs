//! What arrives on one socket: WebSocket frames, put together where they come in pieces.

use actix_codec::Decoder as _;
use actix_http::ws::{Codec, Frame, Item, ProtocolError};
use actix_web::web;
use beside_protocol::ErrorCode;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

/// What arrived.
pub(super) enum Received {
    Text(Bytes),
    Binary(Bytes),
    Ping(Bytes),
    Pong,
    /// A part of a message, which is kept.
    Piece,
    Closed,
    Gone,
    Bad(ErrorCode),
}

/// The frames of the request's body, put together where they come in pieces.
pub(super) struct Inbound {
    payload: web::Payload,
    buffer: BytesMut,
    codec: Codec,
    longest: usize,
    pieces: Option<(bool, BytesMut)>,
}

impl Inbound {
    /// Frames of so many bytes at most, also in pieces.
    pub(super) fn new(payload: web::Payload, longest: usize) -> Self {
        Self { payload, buffer: BytesMut::new(), codec: Codec::new().max_size(longest), longest, pieces: None }
    }

    /// The next thing that arrives. May be dropped while waiting without loss.
    pub(super) async fn next(&mut self) -> Received {
        loop {
            match self.codec.decode(&mut self.buffer) {
                Ok(Some(frame)) => return self.take(frame),
                Ok(None) => {}
                Err(ProtocolError::Overflow) => return Received::Bad(ErrorCode::MessageTooLarge),
                Err(_) => return Received::Bad(ErrorCode::MessageMalformed),
            }
            match self.payload.next().await {
                Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                Some(Err(_)) | None => return Received::Gone,
            }
        }
    }

    fn take(&mut self, frame: Frame) -> Received {
        match frame {
            Frame::Text(bytes) => Received::Text(bytes),
            Frame::Binary(bytes) => Received::Binary(bytes),
            Frame::Ping(bytes) => Received::Ping(bytes),
            Frame::Pong(_) => Received::Pong,
            Frame::Close(_) => Received::Closed,
            Frame::Continuation(Item::FirstText(bytes)) => self.first(true, &bytes),
            Frame::Continuation(Item::FirstBinary(bytes)) => self.first(false, &bytes),
            Frame::Continuation(Item::Continue(bytes)) => self.more(&bytes),
            Frame::Continuation(Item::Last(bytes)) => {
                let more = self.more(&bytes);
                match (more, self.pieces.take()) {
                    (Received::Piece, Some((true, whole))) => Received::Text(whole.freeze()),
                    (Received::Piece, Some((false, whole))) => Received::Binary(whole.freeze()),
                    (other, _) => other,
                }
            }
        }
    }

    fn first(&mut self, text: bool, bytes: &[u8]) -> Received {
        self.pieces = Some((text, BytesMut::from(bytes)));
        Received::Piece
    }

    fn more(&mut self, bytes: &[u8]) -> Received {
        match &mut self.pieces {
            Some((_, whole)) if whole.len() + bytes.len() <= self.longest => {
                whole.extend_from_slice(bytes);
                Received::Piece
            }
            Some(_) => Received::Bad(ErrorCode::MessageTooLarge),
            None => Received::Bad(ErrorCode::MessageMalformed),
        }
    }

    /// Reads on without looking, so that the connection is not reset before the close frame was read, until the other
    /// side is gone.
    pub(super) async fn drain(&mut self) {
        while let Some(Ok(_)) = self.payload.next().await {}
    }
}
