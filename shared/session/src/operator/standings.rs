//! The customer's rights as the operator's side knows them. The customer's side decides; this is what it said last.

use std::time::{Duration, Instant};

use beside_protocol::Right;

use super::{RightSeen, Standing};

#[derive(Clone, Copy)]
enum Known {
    Off,
    Asked,
    On { until: Instant, lease: Duration },
    Denied,
}

pub(super) struct Standings([Known; Right::ALL.len()]);

impl Standings {
    pub(super) const fn new() -> Self {
        Self([Known::Off; Right::ALL.len()])
    }

    /// Asked for; a right that is there stays there.
    pub(super) const fn asked(&mut self, right: Right) {
        let known = &mut self.0[right as usize];
        if !matches!(known, Known::On { .. }) {
            *known = Known::Asked;
        }
    }

    pub(super) fn granted(&mut self, right: Right, seconds: u32, now: Instant) {
        let lease = Duration::from_secs(seconds.into());
        self.0[right as usize] = Known::On { until: now + lease, lease };
    }

    /// Said no to; a right that is there, and was asked for again, stays there.
    pub(super) const fn denied(&mut self, right: Right) {
        let known = &mut self.0[right as usize];
        if !matches!(known, Known::On { .. }) {
            *known = Known::Denied;
        }
    }

    /// Says whether the right was there.
    pub(super) fn ended(&mut self, right: Right) -> bool {
        matches!(std::mem::replace(&mut self.0[right as usize], Known::Off), Known::On { .. })
    }

    /// Whether the right is there, by this side's clock too: what runs out here first is not used any more.
    pub(super) fn is_on(&self, right: Right, now: Instant) -> bool {
        matches!(self.0[right as usize], Known::On { until, .. } if now < until)
    }

    pub(super) fn seen(&self, now: Instant) -> Vec<RightSeen> {
        let seen = |right: Right| {
            let standing = match self.0[right as usize] {
                Known::Off => return None,
                Known::Asked => Standing::Asked,
                Known::On { until, lease } => Standing::On { left: until.saturating_duration_since(now), lease },
                Known::Denied => Standing::Denied,
            };
            Some(RightSeen { right, standing })
        };
        Right::ALL.into_iter().filter_map(seen).collect()
    }
}
