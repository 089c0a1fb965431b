//! Small messages after a burst, so that a lost tail is noticed.
//!
//! SCTP finds a loss by three acknowledgements of later data (RFC 9260, 7.2.4). Behind the last packet of a burst there
//! is no later data, so its loss would wait for the retransmission timer, which the library lets run for a second at
//! least. Three probes are later data, as in TCP's tail loss probe (RFC 8985, 7); and since every second packet is
//! acknowledged at once, the first one also ends the wait for a delayed acknowledgement.

use std::time::{Duration, Instant};

/// From the last message or probe to the next probe.
const AFTER: Duration = Duration::from_millis(20);
/// Three later acknowledgements mark a packet as lost.
const PROBES: u8 = 3;

/// When the next probe is due.
#[derive(Debug, Default)]
pub(super) struct TailProbe {
    left: u8,
    due: Option<Instant>,
}

impl TailProbe {
    /// Messages went out: if nothing follows them, probes will.
    pub(super) fn sent(&mut self, now: Instant) {
        self.left = PROBES;
        self.due = Some(now + AFTER);
    }

    /// Nothing is outstanding any more.
    pub(super) const fn settled(&mut self) {
        self.due = None;
    }

    /// When to ask again.
    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether to send a probe now.
    pub(super) fn fire(&mut self, now: Instant) -> bool {
        if self.due.is_none_or(|due| due > now) {
            return false;
        }
        self.left -= 1;
        self.due = (self.left > 0).then(|| now + AFTER);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::now;

    #[test]
    fn three_probes_follow_a_burst_and_no_more() {
        let (mut probe, start) = (TailProbe::default(), now());
        assert!(!probe.fire(start));
        probe.sent(start);
        assert!(!probe.fire(start));
        probe.sent(start + AFTER / 2);
        assert!(!probe.fire(start + AFTER), "the burst is still going on");
        let fired = (1..100_u32).filter(|step| probe.fire(start + AFTER * *step)).count();
        assert_eq!(fired, 3);
        assert_eq!(probe.due(), None);
    }

    #[test]
    fn an_answered_burst_needs_no_probe() {
        let (mut probe, start) = (TailProbe::default(), now());
        probe.sent(start);
        probe.settled();
        assert!(!probe.fire(start + AFTER * 9));
    }
}
