//! Making better paths: the customer offers one WebRTC path after the other, the operator answers.

use std::time::{Duration, Instant};

use beside_protocol::PathId;

/// How long a path may take from its offer until it is up.
const RISE_MAX: Duration = Duration::from_secs(30);
/// Wait before the next offer after a failure: doubled each time, between these.
const RETRY: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));
/// Candidates taken from the peer for one path; further ones are ignored.
const CANDIDATES_MAX: u8 = 64;
/// Ids from here on are those of relay paths, see [`relay_path`](crate::relay_path).
const RELAY_IDS: u32 = 1 << 31;

struct Attempt {
    path: PathId,
    since: Instant,
    up: bool,
    candidates: u8,
}

/// The one WebRTC path that is being made or is there.
pub(super) struct Ladder {
    attempt: Option<Attempt>,
    /// The highest number used so far.
    last: u32,
    /// Customer: when to offer next; nothing before the session has begun.
    offer: Option<Instant>,
    retry: Duration,
}

impl Ladder {
    pub(super) const fn new() -> Self {
        Self { attempt: None, last: 0, offer: None, retry: RETRY.0 }
    }

    /// Customer: the session has begun; paths may be offered.
    pub(super) const fn start(&mut self, now: Instant) {
        self.offer = Some(now);
    }

    /// Customer: the number of a path to make now, if it is time for one.
    pub(super) fn next_offer(&mut self, now: Instant) -> Option<PathId> {
        self.offer.take_if(|due| *due <= now && self.attempt.is_none())?;
        self.last += 1;
        let path = PathId(self.last);
        self.attempt = Some(Attempt { path, since: now, up: false, candidates: 0 });
        Some(path)
    }

    /// Operator: the customer offers a path. Returns the one that it replaces, or nothing at all if the offer is an old
    /// one or its number no WebRTC path's.
    pub(super) fn offered(&mut self, path: PathId, now: Instant) -> Option<Option<PathId>> {
        if path.0 <= self.last || path.0 >= RELAY_IDS {
            return None;
        }
        self.last = path.0;
        let earlier = self.attempt.replace(Attempt { path, since: now, up: false, candidates: 0 });
        Some(earlier.map(|attempt| attempt.path))
    }

    /// Whether this is the path that is being made or there.
    pub(super) fn is_current(&self, path: PathId) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.path == path)
    }

    /// Whether to take one more candidate of the peer for this path.
    pub(super) fn take_candidate(&mut self, path: PathId) -> bool {
        let Some(attempt) = self.attempt.as_mut().filter(|attempt| attempt.path == path) else { return false };
        attempt.candidates = attempt.candidates.saturating_add(1);
        attempt.candidates <= CANDIDATES_MAX
    }

    pub(super) fn up(&mut self, path: PathId) {
        if let Some(attempt) = self.attempt.as_mut().filter(|attempt| attempt.path == path) {
            attempt.up = true;
            self.retry = RETRY.0;
        }
    }

    /// The path is gone; the customer offers another one after a while.
    pub(super) fn down(&mut self, path: PathId, now: Instant) {
        if self.attempt.take_if(|attempt| attempt.path == path).is_some() {
            self.offer = Some(now + self.retry);
            self.retry = (2 * self.retry).min(RETRY.1);
        }
    }

    /// The path that has not risen in time.
    pub(super) fn overdue(&self, now: Instant) -> Option<PathId> {
        let attempt = self.attempt.as_ref()?;
        (!attempt.up && now >= attempt.since + RISE_MAX).then_some(attempt.path)
    }

    pub(super) fn deadline(&self, can_offer: bool) -> Option<Instant> {
        match &self.attempt {
            Some(attempt) => (!attempt.up).then(|| attempt.since + RISE_MAX),
            None => self.offer.filter(|_| can_offer),
        }
    }
}
