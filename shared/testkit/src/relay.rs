//! The broker in the middle of a relay wire: what waits for a slow reader waits there, up to a bound.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_protocol::limits::RELAY_QUEUE_MAX;

use crate::network::Profile;
use crate::world::Peer;

/// What the broker's queue counts besides a message: the session's id and a frame's header.
const OVERHEAD: usize = 32;

/// The broker between two lines of their own.
pub(crate) struct Relay {
    /// The operator's line to the broker; the wire's profile is the customer's.
    pub(crate) operator: Profile,
    queues: [Queue; 2],
}

/// What waits for one reader: when each message has left, and how long it is.
struct Queue {
    waiting: VecDeque<(Instant, usize)>,
    deepest: usize,
}

impl Relay {
    pub(crate) fn new(operator: Profile) -> Self {
        let queue = || Queue { waiting: VecDeque::new(), deepest: 0 };
        Self { operator, queues: [queue(), queue()] }
    }

    /// The line of this peer.
    pub(crate) const fn line(&self, peer: Peer, customer: Profile) -> Profile {
        match peer {
            Peer::Customer => customer,
            Peer::Operator => self.operator,
        }
    }

    /// A message for this peer reaches the broker. Says when it arrives, or that its reader was too slow.
    pub(crate) fn pass(&mut self, to: Peer, length: usize, customer: Profile, at: Instant) -> Option<Instant> {
        let line = self.line(to, customer);
        let queue = &mut self.queues[to.index()];
        while queue.waiting.pop_front_if(|(left, _)| *left <= at).is_some() {}
        let length = length + OVERHEAD;
        let depth = length + queue.waiting.iter().map(|(_, length)| length).sum::<usize>();
        queue.deepest = queue.deepest.max(depth);
        if depth > RELAY_QUEUE_MAX {
            return None;
        }
        let begins = queue.waiting.back().map_or(at, |(left, _)| *left);
        let left = begins + Duration::from_secs_f64(length as f64 / line.rate as f64);
        queue.waiting.push_back((left, length));
        Some(left + line.delay)
    }

    /// Most bytes that ever waited for this peer.
    pub(crate) const fn deepest(&self, peer: Peer) -> usize {
        self.queues[peer.index()].deepest
    }
}
