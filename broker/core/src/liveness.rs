//! When a socket is pinged, and when it counts as dead.

use std::time::Duration;

use crate::limits::{PING_EVERY, SILENCE_MAX};

/// What a socket needs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// Nothing before this moment.
    WaitUntil(Duration),
    /// A ping.
    Ping,
    /// It is dead.
    Dead,
}

/// The pulse of one socket.
#[derive(Debug, Clone, Copy)]
pub struct Liveness {
    heard: Duration,
    pinged: Duration,
}

impl Liveness {
    /// A socket that opened at `now`.
    #[must_use]
    pub const fn new(now: Duration) -> Self {
        Self { heard: now, pinged: now }
    }

    /// Something arrived, whatever it was.
    pub const fn heard(&mut self, now: Duration) {
        self.heard = now;
    }

    /// What is due at `now`; a ping is due once.
    pub fn pulse(&mut self, now: Duration) -> Pulse {
        if now >= self.heard + SILENCE_MAX {
            return Pulse::Dead;
        }
        if now >= self.pinged + PING_EVERY {
            self.pinged = now;
            return Pulse::Ping;
        }
        Pulse::WaitUntil((self.pinged + PING_EVERY).min(self.heard + SILENCE_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_socket_is_pinged_and_then_dead() {
        let second = Duration::from_secs;
        let mut liveness = Liveness::new(second(0));
        assert_eq!(liveness.pulse(second(5)), Pulse::WaitUntil(second(20)));
        assert_eq!(liveness.pulse(second(20)), Pulse::Ping);
        assert_eq!(liveness.pulse(second(20)), Pulse::WaitUntil(second(40)));
        assert_eq!(liveness.pulse(second(45)), Pulse::Ping);
        assert_eq!(liveness.pulse(second(46)), Pulse::WaitUntil(second(60)));
        assert_eq!(liveness.pulse(second(60)), Pulse::Dead);
        liveness.heard(second(60));
        assert_eq!(liveness.pulse(second(61)), Pulse::WaitUntil(second(65)));
    }
}
