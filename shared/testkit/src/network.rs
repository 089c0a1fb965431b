//! Wires between the two sides: delay, jitter, loss, a rate, cuts, and somebody who may sit on them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_protocol::PathId;
use beside_protocol::path::{Channel, PathKind};

use crate::random::Seeded;
use crate::relay::Relay;
use crate::world::Peer;

/// How good a wire is.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// One way.
    pub delay: Duration,
    /// At most so much more, at random, on the loose channel: messages overtake each other.
    pub jitter: Duration,
    /// Share of messages that the loose channel loses.
    pub loss: f64,
    /// Bytes per second.
    pub rate: u64,
    /// Bytes that the sender's system takes off its hands at once, however slow the line.
    pub buffer: u64,
}

impl Profile {
    /// A good line: 10 ms and 10 MB/s.
    #[must_use]
    pub const fn good() -> Self {
        Self { delay: Duration::from_millis(10), jitter: Duration::ZERO, loss: 0.0, rate: 10_000_000, buffer: 0 }
    }

    /// A wireless line on a bad day.
    #[must_use]
    pub const fn lossy(loss: f64) -> Self {
        let (delay, jitter) = (Duration::from_millis(80), Duration::from_millis(40));
        Self { delay, jitter, loss, rate: 2_000_000, buffer: 0 }
    }
}

/// What becomes of a message that somebody sits on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes on, as it was changed.
    Pass,
    /// It is lost.
    Drop,
    /// It goes on twice.
    Twice,
}

/// Somebody on the wires. Sees who sent a message, on which of the sender's paths, and may change it.
pub type Tamper = Box<dyn FnMut(Peer, PathId, &mut Vec<u8>) -> Fate>;

/// A message as it was sent.
#[derive(Debug, Clone)]
pub struct Tapped {
    /// Who sent it.
    pub from: Peer,
    /// On which of the sender's paths.
    pub path: PathId,
    /// The message.
    pub bytes: Vec<u8>,
}

/// What the network does next.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A message arrives.
    Message { to: Peer, path: PathId, channel: Channel, bytes: Vec<u8> },
    /// A message has left the sender's buffer.
    Drained { to: Peer, path: PathId, bytes: usize },
    /// The other side has closed the path, and everything that it sent before has arrived.
    Closed { to: Peer, path: PathId },
    /// More waits at the broker than it keeps for this slow reader: it drops the connection.
    Overrun { to: Peer, path: PathId },
}

struct Wire {
    ends: [PathId; 2],
    kind: PathKind,
    profile: Profile,
    /// The broker in the middle, where the two sides have lines of their own.
    relay: Option<Relay>,
    cut: bool,
    busy_until: [Instant; 2],
    last_in_order: [Instant; 2],
    /// What a reliable channel keeps until the cut is mended.
    stalled: VecDeque<(Peer, Channel, Vec<u8>)>,
}

/// All wires of one session.
pub struct Network {
    wires: Vec<Wire>,
    rng: Seeded,
    arrivals: Vec<(Instant, u64, Arrival)>,
    counter: u64,
    /// Whoever sits on the wires.
    pub tamper: Option<Tamper>,
    tapped: Option<Vec<Tapped>>,
}

impl Network {
    pub(crate) const fn new(rng: Seeded) -> Self {
        Self { wires: Vec::new(), rng, arrivals: Vec::new(), counter: 0, tamper: None, tapped: None }
    }

    pub(crate) fn connect(&mut self, ends: [PathId; 2], kind: PathKind, profile: Profile, now: Instant) {
        let times = [now, now];
        let stalled = VecDeque::new();
        let (relay, cut) = (None, false);
        let wire = Wire { ends, kind, profile, relay, cut, busy_until: times, last_in_order: times, stalled };
        self.wires.push(wire);
    }

    /// Puts the broker in the middle of every relay wire: the operator has this line to it.
    pub(crate) fn put_broker_between(&mut self, operator: Profile) {
        for wire in self.wires.iter_mut().filter(|wire| wire.kind == PathKind::Relay) {
            wire.relay = Some(Relay::new(operator));
        }
    }

    /// Most bytes that ever waited at the broker for this peer, on the relay wire that is there now.
    #[must_use]
    pub fn deepest_queue(&self, peer: Peer) -> usize {
        self.wires.iter().filter_map(|wire| wire.relay.as_ref()).map(|relay| relay.deepest(peer)).max().unwrap_or(0)
    }

    /// Takes the wire away that is this path of this peer. Returns the other peer's end of it.
    pub(crate) fn disconnect(&mut self, peer: Peer, path: PathId) -> Option<PathId> {
        let place = self.wires.iter().position(|wire| wire.ends[peer.index()] == path)?;
        let wire = self.wires.remove(place);
        Some(wire.ends[peer.other().index()])
    }

    /// Begins to note everything that is sent.
    pub fn tap(&mut self) {
        self.tapped = Some(Vec::new());
    }

    /// What was sent since [`tap`](Self::tap), for whoever wants to send it again.
    pub fn untap(&mut self) -> Vec<Tapped> {
        self.tapped.take().unwrap_or_default()
    }

    /// This peer closes its end; what it sent before still arrives.
    pub(crate) fn close(&mut self, peer: Peer, path: PathId, now: Instant) {
        let me = peer.index();
        let Some(wire) = self.wires.iter().find(|wire| wire.ends[me] == path) else { return };
        let (at, other) = (wire.last_in_order[me].max(now), wire.ends[peer.other().index()]);
        self.arrive(at, Arrival::Closed { to: peer.other(), path: other });
    }

    /// The ends of the wires of this kind: the customer's and the operator's path.
    #[must_use]
    pub fn wires_of(&self, kind: PathKind) -> Vec<[PathId; 2]> {
        self.wires.iter().filter(|wire| wire.kind == kind).map(|wire| wire.ends).collect()
    }

    /// Makes every wire of this kind as good as this from now on; of a relay with the broker in the middle, the
    /// customer's line.
    pub fn set_profile(&mut self, kind: PathKind, profile: Profile) {
        for wire in self.wires.iter_mut().filter(|wire| wire.kind == kind) {
            wire.profile = profile;
        }
    }

    /// Cuts the wires of this kind so that nobody notices: nothing arrives, nothing is drained, nobody is told.
    pub fn cut(&mut self, kind: PathKind) {
        for wire in self.wires.iter_mut().filter(|wire| wire.kind == kind) {
            wire.cut = true;
        }
    }

    /// Mends the wires of this kind; what the reliable channels kept goes on.
    pub fn mend(&mut self, kind: PathKind, now: Instant) {
        let mut stalled = Vec::new();
        for wire in self.wires.iter_mut().filter(|wire| wire.kind == kind && wire.cut) {
            wire.cut = false;
            let ends = wire.ends;
            stalled.extend(
                wire.stalled.drain(..).map(|(from, channel, bytes)| (from, ends[from.index()], channel, bytes)),
            );
        }
        for (from, path, channel, bytes) in stalled {
            self.carry(from, path, channel, bytes, now);
        }
    }

    pub(crate) fn send(&mut self, from: Peer, path: PathId, channel: Channel, mut bytes: Vec<u8>, now: Instant) {
        if let Some(tapped) = &mut self.tapped {
            tapped.push(Tapped { from, path, bytes: bytes.clone() });
        }
        let length = bytes.len();
        let fate = self.tamper.as_mut().map_or(Fate::Pass, |tamper| tamper(from, path, &mut bytes));
        match fate {
            Fate::Pass => self.carry(from, path, channel, bytes, now),
            Fate::Drop => self.arrive(now, Arrival::Drained { to: from, path, bytes: length }),
            Fate::Twice => {
                self.carry(from, path, channel, bytes.clone(), now);
                self.carry(from, path, channel, bytes, now);
            }
        }
    }

    /// Puts a message on a wire as if this peer had sent it.
    pub fn inject(&mut self, from: Peer, path: PathId, bytes: Vec<u8>, now: Instant) {
        self.carry(from, path, Channel::Ordered, bytes, now);
    }

    fn carry(&mut self, from: Peer, path: PathId, channel: Channel, bytes: Vec<u8>, now: Instant) {
        let (me, other) = (from.index(), from.other().index());
        let Some(wire) = self.wires.iter_mut().find(|wire| wire.ends[me] == path) else { return };
        // The relay is one stream over TCP, whatever the channel: nothing on it is lost or out of order.
        let reliable = channel != Channel::Loose || wire.kind == PathKind::Relay;
        if wire.cut {
            if reliable {
                wire.stalled.push_back((from, channel, bytes));
            }
            return;
        }
        let length = bytes.len();
        let customer = wire.profile;
        let line = wire.relay.as_ref().map_or(customer, |relay| relay.line(from, customer));
        let left = wire.busy_until[me].max(now) + Duration::from_secs_f64(length as f64 / line.rate as f64);
        wire.busy_until[me] = left;
        let mut arrives = left + line.delay;
        let to = wire.ends[other];
        let mut lost = false;
        let mut overrun = false;
        if let Some(relay) = &mut wire.relay {
            let passed = relay.pass(from.other(), length, customer, arrives);
            overrun = passed.is_none();
            arrives = passed.unwrap_or(arrives);
            wire.last_in_order[me] = arrives;
        } else if reliable {
            arrives = arrives.max(wire.last_in_order[me]);
            wire.last_in_order[me] = arrives;
        } else {
            let jitter = line.jitter.as_micros() as u64;
            arrives += Duration::from_micros(self.rng.below(jitter + 1));
            lost = self.rng.chance(line.loss);
        }
        let buffered = Duration::from_secs_f64(line.buffer as f64 / line.rate as f64);
        let drained = left.checked_sub(buffered).unwrap_or(now).max(now);
        self.arrive(drained, Arrival::Drained { to: from, path, bytes: length });
        if overrun {
            self.arrive(arrives, Arrival::Overrun { to: from.other(), path: to });
        } else if !lost {
            self.arrive(arrives, Arrival::Message { to: from.other(), path: to, channel, bytes });
        }
    }

    fn arrive(&mut self, at: Instant, arrival: Arrival) {
        self.counter += 1;
        self.arrivals.push((at, self.counter, arrival));
    }

    pub(crate) fn next_arrival(&self) -> Option<Instant> {
        self.arrivals.iter().map(|(at, ..)| *at).min()
    }

    /// The next arrival that is due, on a wire that is still there.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Arrival> {
        let due = self.arrivals.iter().enumerate().filter(|(_, (at, ..))| *at <= now);
        let first = due.min_by_key(|(_, (at, counter, _))| (*at, *counter)).map(|(place, _)| place)?;
        Some(self.arrivals.swap_remove(first).2)
    }

    /// Whether this path of this peer is there.
    pub(crate) fn has(&self, peer: Peer, path: PathId) -> bool {
        self.wires.iter().any(|wire| wire.ends[peer.index()] == path)
    }
}
