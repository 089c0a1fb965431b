//! The customer's rating of a session that is over, on its way to the broker.

use std::future::pending;

use beside_protocol::afterwards::{Rate, Rating};
use beside_protocol::{SessionId, Token};
use beside_transport::api::Api;
use beside_transport::{Broker, TransportError};
use tokio::task::JoinHandle;

use crate::view::{RatingState, RatingView};

/// What the customer has said, and how far it has come. One rating is sent at a time, the newest last.
#[derive(Debug)]
pub(crate) struct Opinion {
    broker: Broker,
    rating: Rating,
    state: RatingState,
    sending: Option<(Rating, JoinHandle<Result<(), TransportError>>)>,
}

impl Opinion {
    /// Nothing said yet.
    pub(crate) const fn new(broker: Broker) -> Self {
        Self { broker, rating: Rating { solved: None, felt: None }, state: RatingState::Open, sending: None }
    }

    pub(crate) const fn view(&self) -> RatingView {
        RatingView { rating: self.rating, state: self.state }
    }

    /// The customer says this. Also sends again what did not get through.
    pub(crate) fn say(&mut self, rating: Rating, sid: SessionId, token: Token) {
        self.rating = rating;
        self.state = RatingState::Sending;
        if self.sending.is_none() {
            self.send(sid, token);
        }
    }

    /// The broker has answered, or can't be reached; for ever waited for if nothing is under way. May be dropped while
    /// waiting without loss.
    pub(crate) async fn answered(&mut self) -> Answered {
        let Some((rating, sending)) = &mut self.sending else { return pending().await };
        let taken = matches!(sending.await, Ok(Ok(())));
        Answered { rating: *rating, taken }
    }

    /// What follows from an answer.
    pub(crate) fn heard(&mut self, answered: Answered, sid: SessionId, token: Token) {
        self.sending = None;
        if answered.rating != self.rating {
            self.send(sid, token);
        } else {
            self.state = if answered.taken { RatingState::Sent } else { RatingState::Failed };
        }
    }

    fn send(&mut self, sid: SessionId, token: Token) {
        let (rate, broker) = (Rate { sid, token, rating: self.rating }, self.broker.clone());
        // It arrives even if the customer leaves the screen meanwhile.
        let sending = tokio::spawn(async move { Api::new(&broker)?.rate(&rate).await });
        self.sending = Some((self.rating, sending));
    }
}

/// What came of a rating that was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    rating: Rating,
    taken: bool,
}
