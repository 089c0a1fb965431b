//! Is the peer there, and how far away? Pings measure the delay and give the peer something to acknowledge.

use std::time::{Duration, Instant};

use beside_protocol::limits::PATH_SILENCE;

use crate::side::Side;

/// How often the operator asks while all is well, and how often the customer does. The operator's pings are what the
/// customer expects to hear.
const OPERATOR_EVERY: Duration = Duration::from_secs(2);
const CUSTOMER_EVERY: Duration = Duration::from_secs(10);
/// How often either asks while something waits for an ack. Acks may be lost; each ping brings another one.
const WORRIED_EVERY: Duration = Duration::from_millis(500);
/// The customer's path is dead if nothing at all was heard for this long: two pings and the silence of one.
const HEARING: Duration = Duration::from_secs(7);

pub(super) struct Pulse {
    side: Side,
    /// Pings may be sent, and are to be expected.
    running: bool,
    last_ping: Instant,
    number: u32,
    /// The ping whose answer is awaited.
    asked: Option<(u32, Instant)>,
    round_trip: Option<Duration>,
    /// Since when something waits for an ack without any progress.
    waiting_since: Option<Instant>,
    heard: Instant,
}

impl Pulse {
    pub(super) const fn new(side: Side, now: Instant) -> Self {
        Self {
            side,
            running: false,
            last_ping: now,
            number: 0,
            asked: None,
            round_trip: None,
            waiting_since: None,
            heard: now,
        }
    }

    /// The session has begun: from now on both sides have something to say. The first ping goes out at once.
    pub(super) fn start(&mut self, now: Instant) {
        self.running = true;
        self.heard = now;
        self.last_ping = now.checked_sub(CUSTOMER_EVERY).unwrap_or(now);
    }

    /// A record that came on the current path opened.
    pub(super) const fn hear(&mut self, now: Instant) {
        self.heard = now;
    }

    /// Something in order was sent.
    pub(super) fn wait(&mut self, now: Instant) {
        self.waiting_since.get_or_insert(now);
    }

    /// An ack made progress, or the path is another one; `waiting` says whether anything is still to be acknowledged.
    pub(super) const fn progress(&mut self, waiting: bool, now: Instant) {
        self.waiting_since = if waiting { Some(now) } else { None };
    }

    /// The current path is another one: it gets its own time to prove itself.
    pub(super) const fn path_changed(&mut self, waiting: bool, now: Instant) {
        self.progress(waiting, now);
        self.heard = now;
        self.asked = None;
    }

    /// When the current path is dead unless something is heard. An ack may wait long behind a picture on a slow line, so
    /// any record that opens counts as a sign of life.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        let unheard = (self.running && self.side == Side::Customer).then(|| self.heard + HEARING);
        let unacked = self.waiting_since.map(|since| since.max(self.heard) + PATH_SILENCE);
        [unheard, unacked].into_iter().flatten().min()
    }

    /// When the next ping is due.
    pub(super) fn ping_at(&self) -> Option<Instant> {
        if !self.running {
            return None;
        }
        let calm = match self.side {
            Side::Operator => OPERATOR_EVERY,
            Side::Customer => CUSTOMER_EVERY,
        };
        let calm = self.last_ping + calm;
        let worried = self.waiting_since.map(|since| since.max(self.last_ping) + WORRIED_EVERY);
        Some(worried.map_or(calm, |worried| worried.min(calm)))
    }

    /// The number of the ping that goes out now.
    pub(super) fn ping(&mut self, now: Instant) -> u32 {
        self.last_ping = now;
        self.number = self.number.wrapping_add(1);
        // The oldest unanswered ping measures: a lost one would else be replaced by the next for ever.
        if self.asked.is_none_or(|(_, at)| now.saturating_duration_since(at) > PATH_SILENCE) {
            self.asked = Some((self.number, now));
        }
        self.number
    }

    /// A pong came. Returns the new estimate of the round trip if it answers the awaited ping.
    pub(super) fn pong(&mut self, number: u32, now: Instant) -> Option<Duration> {
        let (_, at) = self.asked.take_if(|(asked, _)| *asked == number)?;
        let seen = now.saturating_duration_since(at);
        let smooth = self.round_trip.map_or(seen, |old| (old * 7 + seen) / 8);
        self.round_trip = Some(smooth);
        Some(smooth)
    }

    pub(super) const fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }
}
