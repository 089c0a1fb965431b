//! A line to the broker that comes back when it is lost.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use beside_protocol::SessionId;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use crate::backoff::Backoff;
use crate::dial::Broker;
use crate::error::TransportError;
use crate::line::{Endpoint, Line, LineEvent, LineSender};

/// What comes over a link.
#[derive(Debug)]
pub enum LinkEvent<In> {
    /// A new line is there. Its owner says who it is before anything else.
    Up(LineSender),
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
    /// A round trip to the broker took so long.
    Delay(Duration),
    /// The line is lost; another is being made.
    Down(TransportError),
    /// The line is lost, and trying again can't help. Nothing follows.
    Over(TransportError),
}

type Connecting<In> = Pin<Box<dyn Future<Output = Result<Line<In>, TransportError>> + Send>>;

enum State<In> {
    Live(Line<In>),
    Connecting(Connecting<In>),
    Over,
}

/// A line, or the making of the next one. Dropping it closes it.
pub struct Link<In> {
    broker: Broker,
    endpoint: Endpoint,
    backoff: Backoff,
    state: State<In>,
}

impl<In> std::fmt::Debug for Link<In> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}

impl<In: DeserializeOwned + Send + 'static> Link<In> {
    /// Makes the first line. It is not tried again: whoever asked for it is waiting for the answer.
    ///
    /// # Errors
    /// As for [`Line::connect`].
    pub async fn connect(broker: Broker, endpoint: Endpoint) -> Result<(Self, LineSender), TransportError> {
        let line = Line::connect(&broker, &endpoint).await?;
        let sender = line.sender();
        Ok((Self { broker, endpoint, backoff: Backoff::default(), state: State::Live(line) }, sender))
    }

    /// The next event; pends for ever after [`LinkEvent::Over`]. May be dropped and called again without loss.
    pub async fn next(&mut self) -> LinkEvent<In> {
        match &mut self.state {
            State::Live(line) => match line.next().await {
                Some(LineEvent::Message(message)) => LinkEvent::Message(message),
                Some(LineEvent::Relay { session, bytes }) => LinkEvent::Relay { session, bytes },
                Some(LineEvent::Drained { session, bytes }) => LinkEvent::Drained { session, bytes },
                Some(LineEvent::Delay(delay)) => LinkEvent::Delay(delay),
                Some(LineEvent::Closed(error)) => self.lost(error),
                None => self.lost(TransportError::Lost("closed".to_owned())),
            },
            State::Connecting(attempt) => match attempt.await {
                Ok(line) => {
                    let sender = line.sender();
                    self.backoff.reset();
                    self.state = State::Live(line);
                    LinkEvent::Up(sender)
                }
                Err(error) => self.lost(error),
            },
            State::Over => std::future::pending().await,
        }
    }

    /// Closes the line, if there is one, and makes no other: there is nothing at the broker to come back to. Nothing
    /// follows.
    pub fn give_up(&mut self) {
        self.state = State::Over;
    }

    /// Closes the line, if there is one, once everything said was heard by the broker.
    pub async fn close(self) {
        if let State::Live(line) = self.state {
            line.close().await;
        }
    }

    fn lost(&mut self, error: TransportError) -> LinkEvent<In> {
        if !error.is_passing() {
            self.state = State::Over;
            return LinkEvent::Over(error);
        }
        let (broker, endpoint, wait) = (self.broker.clone(), self.endpoint.clone(), self.backoff.next_wait());
        self.state = State::Connecting(Box::pin(async move {
            sleep(wait).await;
            Line::connect(&broker, &endpoint).await
        }));
        LinkEvent::Down(error)
    }
}
