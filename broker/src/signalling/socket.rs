//! One socket from its upgrade to its end.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use beside_broker_core::SocketId;
use beside_broker_core::limits::WATCHER_QUEUE_MAX;
use beside_broker_core::liveness::{Liveness, Pulse};
use beside_protocol::ErrorCode;
use beside_protocol::limits::{RELAY_FRAME_MAX, RELAY_QUEUE_MAX, SIGNAL_TEXT_MAX};
use tokio::time::{sleep_until, timeout};

use super::inbound::{Inbound, Received};
use super::lifeline::Lifeline;
use super::outbox::{Outbox, Outgoing};
use crate::exchange::Exchange;

/// How long a socket that this side closes may take to close on the other.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The longest frame of an app, of either kind.
const FRAME_MAX: usize = if RELAY_FRAME_MAX > SIGNAL_TEXT_MAX { RELAY_FRAME_MAX } else { SIGNAL_TEXT_MAX };
/// The longest control frame (RFC 6455, section 5.5).
const CONTROL_MAX: usize = 125;

/// Whose socket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A customer's app.
    Customer,
    /// A manager.
    Operator,
    /// A browser's, which is told what goes on and says nothing.
    Console,
}

impl Kind {
    /// The longest frame that may come, also in pieces.
    const fn longest(self) -> usize {
        match self {
            Self::Customer | Self::Operator => FRAME_MAX,
            Self::Console => CONTROL_MAX,
        }
    }
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
    pub fn of_app(request: &HttpRequest) -> Result<Self, ErrorCode> {
        if request.headers().contains_key(header::ORIGIN) {
            return Err(ErrorCode::Forbidden);
        }
        Self::check(request, RELAY_QUEUE_MAX)
    }

    /// Checks the request: a WebSocket handshake. Whose page asks for it is looked at elsewhere.
    ///
    /// # Errors
    /// [`ErrorCode::MessageMalformed`] if it is none.
    pub fn of_browser(request: &HttpRequest) -> Result<Self, ErrorCode> {
        Self::check(request, WATCHER_QUEUE_MAX)
    }

    fn check(request: &HttpRequest, queue: usize) -> Result<Self, ErrorCode> {
        let mut response = actix_http::ws::handshake(request.head()).map_err(|_| ErrorCode::MessageMalformed)?;
        let outbox = Outbox::new(request.conn_data::<Lifeline>().cloned().unwrap_or_default(), queue);
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
            let inbound = Inbound::new(payload, kind.longest());
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
            let done = match (self.kind, received) {
                (_, Received::Closed) => return Stop::Closed,
                (_, Received::Gone) => return Stop::Gone,
                (_, Received::Bad(error)) => Err(error),
                (_, Received::Pong) => Ok(()),
                (Kind::Console, Received::Text(_) | Received::Binary(_) | Received::Ping(_) | Received::Piece) => {
                    Err(ErrorCode::MessageUnexpected)
                }
                (Kind::Customer, Received::Text(text)) => self.customer_said(&text).await,
                (Kind::Operator, Received::Text(text)) => self.operator_said(&text).await,
                (Kind::Customer | Kind::Operator, Received::Binary(bytes)) => self.exchange.relay(self.id, bytes).await,
                (Kind::Customer | Kind::Operator, Received::Ping(bytes)) => {
                    self.outbox.pong(bytes);
                    Ok(())
                }
                (Kind::Customer | Kind::Operator, Received::Piece) => Ok(()),
            };
            if let Err(error) = done {
                self.misbehaved(error).await;
            }
        }
    }

    async fn customer_said(&self, text: &[u8]) -> Result<(), ErrorCode> {
        let (id, message) = (self.id, serde_json::from_slice(text).map_err(|_| ErrorCode::MessageMalformed)?);
        // A turn whose records could not be written has said so to whom it concerns.
        let _ = self.exchange.turn(|board, now, rng, out| board.customer_said(id, message, now, rng, out)).await;
        Ok(())
    }

    async fn operator_said(&self, text: &[u8]) -> Result<(), ErrorCode> {
        let (id, message) = (self.id, serde_json::from_slice(text).map_err(|_| ErrorCode::MessageMalformed)?);
        let _ = self.exchange.turn(|board, now, rng, out| board.operator_said(id, message, now, rng, out)).await;
        Ok(())
    }

    async fn misbehaved(&self, error: ErrorCode) {
        tracing::info!(socket = self.id.0, kind = ?self.kind, %error, "a socket misbehaved");
        let id = self.id;
        let _ = self.exchange.turn(|board, now, rng, out| board.misbehaved(id, error, now, rng, out)).await;
    }
}
