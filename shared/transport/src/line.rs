//! The line to the broker: the signalling WebSocket, which also carries the relay path.
//!
//! A line is one socket's life. Whoever owns it opens another when it is lost, since only the owner knows what to say
//! first. Two bounded queues lead to the socket: what must arrive in order goes ahead, the picture and other loose
//! records follow. A full loose queue drops the newest record, which the picture's repeat requests mend; a full
//! ordered queue means that the socket is stuck, and the line is given up.

use std::time::Duration;

use beside_protocol::limits::{RELAY_FRAME_MAX, SIGNAL_TEXT_MAX};
use beside_protocol::path::Channel;
use beside_protocol::{ErrorCode, SessionId, Token, frame};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use crate::dial::{Broker, DIAL_WAIT};
use crate::error::TransportError;

/// Records in order that may wait for the socket.
const ORDERED_QUEUE: usize = 512;
/// Loose records that may wait for the socket: two frames of a busy screen.
const LOOSE_QUEUE: usize = 512;
/// Messages from the broker that may wait for the app; beyond that the socket is not read, and TCP pushes back.
const EVENT_QUEUE: usize = 256;
/// How often the line asks whether the broker is there.
const PING_EVERY: Duration = Duration::from_secs(4);
/// A broker that says nothing for this long, not even to a ping, is gone: less than the ten seconds that an app may hang.
const SILENCE: Duration = Duration::from_secs(8);

type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// Which socket of the broker a line leads to.
#[derive(Debug, Clone)]
pub enum Endpoint {
    /// Anybody's: the first message knocks or resumes.
    Customer,
    /// A signed-in operator's.
    Operator(Token),
}

/// What comes over a line.
#[derive(Debug)]
pub enum LineEvent<In> {
    /// A signalling message.
    Message(In),
    /// Bytes of the relay path.
    Relay {
        /// The session they belong to.
        session: SessionId,
        /// The message.
        bytes: Vec<u8>,
    },
    /// So many bytes of a session's messages have left for the broker.
    Drained {
        /// The session.
        session: SessionId,
        /// Bytes of one whole message.
        bytes: usize,
    },
    /// A ping came back.
    Delay(Duration),
    /// The line is gone; nothing follows.
    Closed(TransportError),
}

/// The sending end of a line; cheap to clone.
#[derive(Debug, Clone)]
pub struct LineSender {
    ordered: mpsc::Sender<Message>,
    loose: mpsc::Sender<Message>,
}

/// The socket takes no more: it is gone or stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineStuck;

/// What became of a message for the relay path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Relayed {
    /// It waits for the socket; [`LineEvent::Drained`] will tell when it has left.
    Queued,
    /// It was loose and there was no room: it is lost, as it may be on any path.
    Lost,
}

impl LineSender {
    /// Queues a signalling message.
    ///
    /// # Errors
    /// The line is gone or stuck.
    pub fn say(&self, message: &impl Serialize) -> Result<(), LineStuck> {
        let text = serde_json::to_string(message).map_err(|_| LineStuck)?;
        self.ordered.try_send(Message::text(text)).map_err(|_| LineStuck)
    }

    /// Queues bytes for the other side of a session.
    ///
    /// # Errors
    /// The line is gone, or stuck with records in order.
    pub fn relay(&self, session: SessionId, channel: Channel, bytes: &[u8]) -> Result<Relayed, LineStuck> {
        let message = Message::binary(frame::encode(session, bytes));
        match channel {
            Channel::Ordered | Channel::Bulk => {
                self.ordered.try_send(message).map(|()| Relayed::Queued).map_err(|_| LineStuck)
            }
            Channel::Loose => match self.loose.try_send(message) {
                Ok(()) => Ok(Relayed::Queued),
                Err(mpsc::error::TrySendError::Full(_)) => Ok(Relayed::Lost),
                Err(mpsc::error::TrySendError::Closed(_)) => Err(LineStuck),
            },
        }
    }
}

/// One socket's life. Dropping it closes the socket.
#[derive(Debug)]
pub struct Line<In> {
    sender: LineSender,
    events: mpsc::Receiver<LineEvent<In>>,
}

impl<In: DeserializeOwned + Send + 'static> Line<In> {
    /// Opens a socket.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses the socket.
    pub async fn connect(broker: &Broker, endpoint: &Endpoint) -> Result<Self, TransportError> {
        let open = async { upgrade(broker, endpoint, broker.dial().await?).await };
        let socket = match timeout(DIAL_WAIT, open).await {
            Ok(result) => result?,
            Err(_) => return Err(TransportError::Unreachable("no answer in time".to_owned())),
        };
        let (ordered, ordered_out) = mpsc::channel(ORDERED_QUEUE);
        let (loose, loose_out) = mpsc::channel(LOOSE_QUEUE);
        let (events_in, events) = mpsc::channel(EVENT_QUEUE);
        let (sink, source) = socket.split();
        let origin = Instant::now();
        tokio::spawn(write(sink, ordered_out, loose_out, events_in.clone(), origin));
        tokio::spawn(read(source, events_in, origin));
        Ok(Self { sender: LineSender { ordered, loose }, events })
    }

    /// The sending end.
    #[must_use]
    pub fn sender(&self) -> LineSender {
        self.sender.clone()
    }

    /// Lets what was said leave, closes the socket and waits until the broker has heard all of it. How long a broker
    /// may take for that is for the caller to say.
    pub(crate) async fn close(self) {
        let Self { sender, mut events } = self;
        drop(sender);
        while events.recv().await.is_some() {}
    }

    /// The next event; nothing after [`LineEvent::Closed`].
    pub async fn next(&mut self) -> Option<LineEvent<In>> {
        self.events.recv().await
    }
}

async fn upgrade(broker: &Broker, endpoint: &Endpoint, stream: TlsStream<TcpStream>) -> Result<Socket, TransportError> {
    let path = match endpoint {
        Endpoint::Customer => "customer",
        Endpoint::Operator(_) => "operator",
    };
    let mut request = format!("wss://{}/api/v1/signal/{path}", broker.authority())
        .into_client_request()
        .map_err(|error| TransportError::Unreachable(error.to_string()))?;
    if let Endpoint::Operator(token) = endpoint {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.to_text()))
            .map_err(|error| TransportError::Local(error.to_string()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    let config = WebSocketConfig::default()
        .write_buffer_size(0)
        .max_message_size(Some(RELAY_FRAME_MAX.max(SIGNAL_TEXT_MAX)))
        .max_frame_size(Some(RELAY_FRAME_MAX.max(SIGNAL_TEXT_MAX)));
    match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(WsError::Http(response)) => Err(refusal(response.status().as_u16(), response.body().as_deref())),
        Err(error) => Err(TransportError::Unreachable(error.to_string())),
    }
}

fn refusal(status: u16, body: Option<&[u8]>) -> TransportError {
    let problem = body.and_then(|body| serde_json::from_slice::<beside_protocol::api::Problem>(body).ok());
    TransportError::Refused(match (problem, status) {
        (Some(problem), _) => problem.code,
        (None, 401) => ErrorCode::SignedOut,
        (None, 429 | 503) => ErrorCode::Overloaded,
        (None, _) => ErrorCode::BrokerMisbehaved,
    })
}

/// Writes until the owner lets go of the sender or the socket breaks. The reader notices the break.
async fn write<In>(
    mut sink: SplitSink<Socket, Message>,
    mut ordered: mpsc::Receiver<Message>,
    mut loose: mpsc::Receiver<Message>,
    events: mpsc::Sender<LineEvent<In>>,
    origin: Instant,
) {
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            biased;
            message = ordered.recv() => match message { Some(message) => message, None => break },
            _ = pings.tick() => Message::Ping(micros_since(origin).to_be_bytes().to_vec().into()),
            Some(message) = loose.recv() => message,
        };
        let relayed = match &message {
            Message::Binary(bytes) => frame::decode(bytes).ok().map(|(session, bytes)| (session, bytes.len())),
            Message::Text(_) | Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => None,
        };
        // A peer that takes nothing for as long as it may be silent is gone; the reader reports it.
        if !matches!(timeout(SILENCE, sink.send(message)).await, Ok(Ok(()))) {
            return;
        }
        if let Some((session, bytes)) = relayed
            && events.send(LineEvent::Drained { session, bytes }).await.is_err()
        {
            break;
        }
    }
    let _ = timeout(Duration::from_secs(1), sink.close()).await;
}

fn micros_since(origin: Instant) -> u64 {
    u64::try_from(origin.elapsed().as_micros()).unwrap_or(u64::MAX)
}

async fn read<In: DeserializeOwned>(
    mut source: SplitStream<Socket>,
    events: mpsc::Sender<LineEvent<In>>,
    origin: Instant,
) {
    loop {
        let event = match timeout(SILENCE, source.next()).await {
            Err(_) => LineEvent::Closed(TransportError::Lost("silence".to_owned())),
            Ok(None) => LineEvent::Closed(TransportError::Lost("closed".to_owned())),
            Ok(Some(Err(error))) => LineEvent::Closed(TransportError::Lost(error.to_string())),
            Ok(Some(Ok(message))) => match understand(message, origin) {
                Some(event) => event,
                None => continue,
            },
        };
        let last = matches!(event, LineEvent::Closed(_));
        if events.send(event).await.is_err() || last {
            return;
        }
    }
}

fn understand<In: DeserializeOwned>(message: Message, origin: Instant) -> Option<LineEvent<In>> {
    Some(match message {
        Message::Text(text) => match serde_json::from_str(text.as_str()) {
            Ok(message) => LineEvent::Message(message),
            Err(error) => LineEvent::Closed(TransportError::Misbehaved(error.to_string())),
        },
        Message::Binary(bytes) => match frame::decode(&bytes) {
            Ok((session, bytes)) => LineEvent::Relay { session, bytes: bytes.to_vec() },
            Err(error) => LineEvent::Closed(TransportError::Misbehaved(error.to_string())),
        },
        Message::Pong(payload) => {
            let sent = u64::from_be_bytes(payload.as_ref().try_into().ok()?);
            LineEvent::Delay(Duration::from_micros(micros_since(origin).saturating_sub(sent)))
        }
        Message::Close(frame) => LineEvent::Closed(closed(frame)),
        // The library answers pings by itself, and hands out no raw frame while reading.
        Message::Ping(_) | Message::Frame(_) => return None,
    })
}

/// The broker closes with one of our codes as the reason where it has one.
fn closed(frame: Option<CloseFrame>) -> TransportError {
    let code =
        frame.and_then(|frame| ErrorCode::ALL.iter().copied().find(|code| code.as_str() == frame.reason.as_str()));
    code.map_or_else(|| TransportError::Lost("closed".to_owned()), TransportError::Refused)
}
