//! How much of the picture may be under way between the two sides.
//!
//! The window is what the line carries in its round trip and a moment more: rate × (round trip + moment). Neither
//! factor is asked of anybody. What was under way when a record left, divided by the time until it had arrived, is the
//! rate (Little's law), and the shortest such time is the round trip without a queue. So a record that took longer than
//! the shortest and a moment makes the window smaller in that proportion, and one that met next to no queue makes it
//! larger. It starts small, so that the first picture does not fill the queue of a line nobody knows yet, and doubles
//! with every round trip until the line has been full once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_protocol::ErrorCode;
use beside_protocol::limits::RELAY_QUEUE_MAX;
use beside_protocol::path::PathKind;
use beside_protocol::picture::{CHUNK_MAX, CHUNK_MIN};

use crate::error::SessionError;

/// What may be under way before anything is known of the line.
const FIRST: usize = 16 << 10;
/// The least: the next short piece must be there when the one before it has left.
const FLOOR: usize = 12 << 10;
/// The most over the broker: even if the operator's line stands still, this and what else is said fits its queue.
const RELAY_CEILING: usize = RELAY_QUEUE_MAX / 4 * 3;
/// The most elsewhere, where nobody is dropped for being slow.
const CEILING: usize = 4 << 20;
/// How long a piece may wait on the line behind others.
const MOMENT: Duration = Duration::from_millis(100);
/// How long the shortest round trip counts. A picture that never pauses keeps a queue, which hides the true one.
const MEMORY: Duration = Duration::from_secs(10);
/// Pieces of a window at least, where their bounds allow it.
const PIECES: usize = 8;

struct Record {
    number: u64,
    frame: u32,
    bytes: usize,
    /// Bytes under way when it left, its own among them.
    under_way: usize,
    sent: Instant,
}

/// What is under way, and how much may be.
pub(super) struct Pace {
    /// Oldest first.
    records: VecDeque<Record>,
    under_way: usize,
    /// The number after the last record's that was sent.
    next: u64,
    window: usize,
    ceiling: usize,
    /// The shortest round trip, and when it was last seen.
    shortest: Option<(Duration, Instant)>,
    /// The line has been full once: from then on the window grows no faster than measured.
    known: bool,
    /// Records before this one left while the line was still full: they only measure.
    drained_from: u64,
}

impl Pace {
    /// Nothing is under way and nothing known, over the broker.
    pub(super) const fn new() -> Self {
        Self {
            records: VecDeque::new(),
            under_way: 0,
            next: 0,
            window: FIRST,
            ceiling: RELAY_CEILING,
            shortest: None,
            known: false,
            drained_from: 0,
        }
    }

    /// Another path carries the session: nothing is known of it, and what was under way elsewhere does not fill it.
    pub(super) fn path_changed(&mut self, kind: Option<PathKind>) {
        let ceiling = match kind {
            Some(PathKind::Relay) | None => RELAY_CEILING,
            Some(PathKind::Turn | PathKind::DirectTcp | PathKind::DirectUdp) => CEILING,
        };
        *self = Self { next: self.next, drained_from: self.next, ceiling, ..Self::new() };
    }

    /// Whether another piece may be sent.
    pub(super) const fn has_room(&self) -> bool {
        self.under_way < self.window
    }

    /// How long the pieces of a frame should be.
    pub(super) fn piece_length(&self) -> usize {
        (self.window / PIECES).clamp(CHUNK_MIN, CHUNK_MAX)
    }

    /// The round trip without a queue, if anything was measured.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.shortest.map(|(shortest, _)| shortest)
    }

    /// A piece of this frame left in this record.
    pub(super) fn sent(&mut self, number: u64, frame: u32, bytes: usize, now: Instant) {
        self.next = number + 1;
        self.under_way += bytes;
        self.records.push_back(Record { number, frame, bytes, under_way: self.under_way, sent: now });
    }

    /// The viewer has this record: those before it have arrived too, or are lost. Says whether that is news.
    ///
    /// # Errors
    /// It was never sent.
    pub(super) fn arrived(&mut self, number: u64, now: Instant) -> Result<bool, SessionError> {
        if number >= self.next {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
        }
        let mut news = false;
        while let Some(record) = self.records.pop_front_if(|record| record.number <= number) {
            news = true;
            self.under_way -= record.bytes;
            if record.number == number {
                self.measure(&record, now);
            }
        }
        Ok(news)
    }

    /// The viewer shows this frame: no piece of it or of earlier ones is under way.
    pub(super) fn shown(&mut self, frame: u32) {
        self.records.retain(|record| record.frame > frame);
        self.under_way = self.records.iter().map(|record| record.bytes).sum();
    }

    fn measure(&mut self, record: &Record, now: Instant) {
        let took = now.saturating_duration_since(record.sent).max(Duration::from_micros(100));
        // Whatever was sent while the window had room to spare says nothing against the window.
        let filled = 2 * record.under_way >= self.window;
        let (shortest, seen) = self.shortest.unwrap_or((took, now));
        let seen = if took <= shortest + shortest / 8 { now } else { seen };
        let shortest = shortest.min(took);
        self.shortest = Some((shortest, seen));
        if !filled || record.number < self.drained_from {
            return;
        }
        if now.saturating_duration_since(seen) > MEMORY {
            // Half of it leaves next to no queue, and the round trip shows.
            self.shortest = Some((took, now));
            self.drained_from = self.next;
            self.set(self.window / 2);
            return;
        }
        let doubled = 2 * record.under_way;
        let carried = record.under_way as f64 * (shortest + MOMENT).as_secs_f64() / took.as_secs_f64();
        if took > shortest + MOMENT {
            self.known = true;
            self.set(self.window.min(carried as usize));
        } else if took < shortest + MOMENT / 2 {
            let most = if self.known { doubled.min(carried as usize) } else { doubled };
            self.set(self.window.max(most));
        }
    }

    fn set(&mut self, window: usize) {
        self.window = window.clamp(FLOOR, self.ceiling);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A line that is always offered as much as the pace allows, in pieces of the length that it asks for.
    struct Line {
        pace: Pace,
        now: Instant,
        /// Bytes per second, and the round trip without anything on the line.
        rate: f64,
        base: Duration,
        busy: Instant,
        /// Number, length, and when the sender learns that it has arrived.
        under_way: VecDeque<(u64, usize, Instant)>,
        next: u64,
    }

    /// What was seen of a line for a while.
    struct Seen {
        /// Bytes that arrived, as a share of what the line carries.
        used: f64,
        /// Longest time that something else would have waited behind the picture.
        wait: Duration,
        /// Most bytes under way.
        most: usize,
    }

    impl Line {
        fn new(rate: f64, base: Duration) -> Self {
            #[expect(clippy::disallowed_methods, reason = "any instant will do as the origin of virtual time")]
            let now = Instant::now();
            Self { pace: Pace::new(), now, rate, base, busy: now, under_way: VecDeque::new(), next: 0 }
        }

        fn run(&mut self, seconds: u64) -> Seen {
            let end = self.now + Duration::from_secs(seconds);
            let (mut bytes, mut wait, mut most) = (0, Duration::ZERO, 0);
            while self.now < end {
                while self.pace.has_room() {
                    let length = self.pace.piece_length();
                    self.busy = self.busy.max(self.now) + Duration::from_secs_f64(length as f64 / self.rate);
                    self.under_way.push_back((self.next, length, self.busy + self.base));
                    self.pace.sent(self.next, 1, length, self.now);
                    self.next += 1;
                }
                wait = wait.max(self.busy.saturating_duration_since(self.now));
                most = most.max(self.pace.under_way);
                let (number, length, arrived) = self.under_way.pop_front().unwrap();
                self.now = arrived;
                bytes += length;
                self.pace.arrived(number, arrived).unwrap();
            }
            Seen { used: bytes as f64 / (self.rate * seconds as f64), wait, most }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Wherever only the line limits the window.
        #[test]
        fn a_line_is_used_and_no_queue_stands_on_it(kilobytes in 30u64..4_000, base in 5u64..250) {
            let rate = (kilobytes * 1_000) as f64;
            let base = Duration::from_millis(base);
            let room = rate * (base + 2 * MOMENT).as_secs_f64();
            prop_assume!(room < RELAY_CEILING as f64);
            let mut line = Line::new(rate, base);
            line.run(15);
            let seen = line.run(60);
            prop_assert!(seen.used > 0.85, "{} of the line", seen.used);
            let piece = Duration::from_secs_f64(CHUNK_MIN as f64 / rate);
            prop_assert!(seen.wait < 3 * MOMENT + 3 * piece, "{:?}", seen.wait);
        }
    }

    #[test]
    fn a_line_that_gets_slow_leaves_the_brokers_queue_its_room_and_soon_has_little_of_it() {
        let mut line = Line::new(12_500_000.0, Duration::from_millis(40));
        assert!(line.run(5).most <= RELAY_CEILING + CHUNK_MAX);
        line.rate = 37_500.0;
        assert!(line.run(40).most <= RELAY_CEILING + CHUNK_MAX);
        let after = line.run(60);
        assert!(after.wait < Duration::from_millis(700), "{:?}", after.wait);
        assert!(after.used > 0.9, "{}", after.used);
    }

    #[test]
    fn a_line_that_gets_fast_is_used_again() {
        let mut line = Line::new(37_500.0, Duration::from_millis(40));
        line.run(20);
        line.rate = 5_000_000.0;
        line.run(15);
        assert!(line.run(20).used > 0.85);
    }

    #[test]
    fn a_longer_way_is_found_out() {
        let mut line = Line::new(1_000_000.0, Duration::from_millis(20));
        line.run(20);
        line.base = Duration::from_millis(220);
        line.run(40);
        let seen = line.run(30);
        assert!(seen.used > 0.85, "{}", seen.used);
    }

    #[test]
    fn a_new_path_begins_anew_and_old_numbers_still_count_as_sent() {
        let mut line = Line::new(5_000_000.0, Duration::from_millis(20));
        line.run(2);
        line.pace.path_changed(Some(PathKind::DirectUdp));
        assert_eq!((line.pace.window, line.pace.under_way, line.pace.round_trip()), (FIRST, 0, None));
        assert_eq!(line.pace.arrived(line.next - 1, line.now), Ok(false));
        assert!(line.pace.arrived(line.next, line.now).is_err());
    }

    #[test]
    fn what_is_shown_has_arrived() {
        let mut line = Line::new(5_000_000.0, Duration::from_millis(20));
        line.pace.sent(0, 1, 5_000, line.now);
        line.pace.sent(1, 2, 6_000, line.now);
        line.pace.sent(2, 1, 7_000, line.now);
        line.pace.shown(1);
        assert_eq!(line.pace.under_way, 6_000);
        assert_eq!(line.pace.arrived(2, line.now), Ok(true));
        assert_eq!((line.pace.under_way, line.pace.has_room()), (0, true));
    }
}
