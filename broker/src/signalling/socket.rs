//! One signalling socket from its upgrade to its end.

use std::sync::Arc;
use std::time::Duration;

use actix_codec::Decoder as _;
use actix_http::ws::{Codec, Frame, Item, ProtocolError};
use actix_web::body::BodyStream;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use beside_broker_core::SocketId;
use beside_broker_core::liveness::{Liveness, Pulse};
use beside_protocol::ErrorCode;
use beside_protocol::limits::{RELAY_FRAME_MAX, SIGNAL_TEXT_MAX};
use beside_protocol::signalling::{FromCustomer, FromOperator};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::time::{sleep_until, timeout};

use super::lifeline::Lifeline;
use super::outbox::{Outbox, Outgoing};
use crate::exchange::Exchange;

/// How long a socket that this side closes may take to close on the other.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The longest frame of either kind, also in pieces.
const FRAME_MAX: usize = if RELAY_FRAME_MAX > SIGNAL_TEXT_MAX { RELAY_FRAME_MAX } else { SIGNAL_TEXT_MAX };

/// Whose socket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A customer's app.
    Customer,
    /// A manager.
    Operator,
}

/// A socket whose upgrade was asked for.
#[derive(Debug)]
pub struct Upgrade {
    response: HttpResponse,
    outbox: Arc<Outbox>,
}

impl Upgrade {
    /// Checks the request: a WebSocket handshake of an app, not of a web page.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] for a request with an Origin, which browsers always send and apps never;
    /// [`ErrorCode::MessageMalformed`] if it is no WebSocket handshake.
    pub fn check(request: &HttpRequest) -> Result<Self, ErrorCode> {
        if request.headers().contains_key(header::ORIGIN) {
            return Err(ErrorCode::Forbidden);
        }
        let mut response = actix_http::ws::handshake(request.head()).map_err(|_| ErrorCode::MessageMalformed)?;
        let outbox = Outbox::new(request.conn_data::<Lifeline>().cloned().unwrap_or_default());
        let body = BodyStream::new(Outgoing::new(Arc::clone(&outbox)));
        let response = response.message_body(body).map_err(|_| ErrorCode::Internal)?.map_into_boxed_body().into();
        Ok(Self { response, outbox })
    }

    /// The queue of the socket.
    #[must_use]
    pub const fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Opens the socket, which was numbered and introduced to the switchboard before.
    pub fn open(self, exchange: Arc<Exchange>, id: SocketId, kind: Kind, payload: web::Payload) -> HttpResponse {
        let outbox = self.outbox;
        actix_web::rt::spawn(async move {
            let liveness = Liveness::new(exchange.clock.now().monotonic);
            let inbound =
                Inbound { payload, buffer: BytesMut::new(), codec: Codec::new().max_size(FRAME_MAX), pieces: None };
            let mut socket = Socket { exchange, outbox, id, kind, liveness, inbound };
            socket.run().await;
        });
        self.response
    }
}

struct Socket {
    exchange: Arc<Exchange>,
    outbox: Arc<Outbox>,
    id: SocketId,
    kind: Kind,
    liveness: Liveness,
    inbound: Inbound,
}

/// Why a socket stops listening.
enum Stop {
    /// The connection is gone, or its peer is silent.
    Gone,
    /// The other side closed.
    Closed,
    /// This side closes.
    Closing,
}

impl Socket {
    async fn run(&mut self) {
        let stop = self.listen().await;
        let id = self.id;
        // What fails here is logged by the turn; the socket is gone all the same.
        let _ = self.exchange.turn(|switchboard, now, _, out| switchboard.closed(id, now, out)).await;
        match stop {
            Stop::Gone => self.outbox.finish(false),
            Stop::Closed => {
                self.outbox.close(None);
                self.outbox.finish(true);
            }
            Stop::Closing => {
                let answered = timeout(LAST_WORDS, self.inbound.drain()).await;
                self.outbox.finish(answered.is_ok());
            }
        }
        self.exchange.remove_socket(id);
    }

    async fn listen(&mut self) -> Stop {
        loop {
            let now = self.exchange.clock.now().monotonic;
            let wake = match self.liveness.pulse(now) {
                Pulse::WaitUntil(wake) => self.exchange.clock.instant(wake),
                Pulse::Ping => {
                    self.outbox.ping();
                    continue;
                }
                Pulse::Dead => return Stop::Gone,
            };
            let received = tokio::select! {
                biased;
                () = self.outbox.closing() => return Stop::Closing,
                received = self.inbound.next() => received,
                () = sleep_until(wake) => continue,
            };
            self.liveness.heard(self.exchange.clock.now().monotonic);
            let done = match received {
                Received::Text(text) => self.text(&text).await,
                Received::Binary(bytes) => self.exchange.relay(self.id, bytes).await,
                Received::Ping(bytes) => {
                    self.outbox.pong(bytes);
                    Ok(())
                }
                Received::Alive => Ok(()),
                Received::Closed => return Stop::Closed,
                Received::Gone => return Stop::Gone,
                Received::Bad(error) => Err(error),
            };
            if let Err(error) = done {
                self.misbehaved(error).await;
            }
        }
    }

    async fn text(&self, text: &[u8]) -> Result<(), ErrorCode> {
        let id = self.id;
        // A turn whose records could not be written has said so to whom it concerns.
        let _ = match self.kind {
            Kind::Customer => {
                let message: FromCustomer = serde_json::from_slice(text).map_err(|_| ErrorCode::MessageMalformed)?;
                self.exchange.turn(|board, now, rng, out| board.customer_said(id, message, now, rng, out)).await
            }
            Kind::Operator => {
                let message: FromOperator = serde_json::from_slice(text).map_err(|_| ErrorCode::MessageMalformed)?;
                self.exchange.turn(|board, now, rng, out| board.operator_said(id, message, now, rng, out)).await
            }
        };
        Ok(())
    }

    async fn misbehaved(&self, error: ErrorCode) {
        tracing::info!(socket = self.id.0, kind = ?self.kind, %error, "a socket misbehaved");
        let id = self.id;
        let _ = self.exchange.turn(|board, now, rng, out| board.misbehaved(id, error, now, rng, out)).await;
    }
}

/// What arrived.
enum Received {
    Text(Bytes),
    Binary(Bytes),
    Ping(Bytes),
    Alive,
    Closed,
    Gone,
    Bad(ErrorCode),
}

/// The frames of the request's body, put together where they come in pieces.
struct Inbound {
    payload: web::Payload,
    buffer: BytesMut,
    codec: Codec,
    pieces: Option<(bool, BytesMut)>,
}

impl Inbound {
    /// The next thing that arrives. May be dropped while waiting without loss.
    async fn next(&mut self) -> Received {
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
            Frame::Pong(_) => Received::Alive,
            Frame::Close(_) => Received::Closed,
            Frame::Continuation(Item::FirstText(bytes)) => self.first(true, &bytes),
            Frame::Continuation(Item::FirstBinary(bytes)) => self.first(false, &bytes),
            Frame::Continuation(Item::Continue(bytes)) => self.more(&bytes),
            Frame::Continuation(Item::Last(bytes)) => {
                let more = self.more(&bytes);
                match (more, self.pieces.take()) {
                    (Received::Alive, Some((true, whole))) => Received::Text(whole.freeze()),
                    (Received::Alive, Some((false, whole))) => Received::Binary(whole.freeze()),
                    (other, _) => other,
                }
            }
        }
    }

    fn first(&mut self, text: bool, bytes: &[u8]) -> Received {
        self.pieces = Some((text, BytesMut::from(bytes)));
        Received::Alive
    }

    fn more(&mut self, bytes: &[u8]) -> Received {
        match &mut self.pieces {
            Some((_, whole)) if whole.len() + bytes.len() <= FRAME_MAX => {
                whole.extend_from_slice(bytes);
                Received::Alive
            }
            Some(_) => Received::Bad(ErrorCode::MessageTooLarge),
            None => Received::Bad(ErrorCode::MessageMalformed),
        }
    }

    /// Reads on without looking, so that the connection is not reset before the close frame was read, until the other
    /// side is gone.
    async fn drain(&mut self) {
        while let Some(Ok(_)) = self.payload.next().await {}
    }
}
