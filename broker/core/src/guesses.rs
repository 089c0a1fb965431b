//! Wrong codes, counted per place: the budget that makes guessing hopeless without locking anybody else out.

use std::collections::VecDeque;
use std::time::Duration;

use crate::address::Place;
use crate::limits::{GUESS_DAY, GUESS_WINDOW, GUESSES_PER_DAY, GUESSES_PER_WINDOW, PLACES_MAX};
use crate::recent::Recent;

/// Who has typed wrong codes lately. At most [`PLACES_MAX`] places; the quietest is forgotten for a new one.
#[derive(Debug, Default)]
pub struct Guesses {
    places: Recent<Place, VecDeque<Duration>, PLACES_MAX>,
}

impl Guesses {
    /// Whether `place` may try a code now. A right code counts too: otherwise guessing could go on.
    #[must_use]
    pub fn may_try(&self, place: Place, now: Duration) -> bool {
        let Some(times) = self.places.get(&place) else { return true };
        let within = |span: Duration| times.iter().filter(|at| **at + span > now).count();
        within(GUESS_WINDOW) < GUESSES_PER_WINDOW && within(GUESS_DAY) < GUESSES_PER_DAY
    }

    /// Counts a wrong code.
    pub fn wrong(&mut self, place: Place, now: Duration) {
        if let Some(day_ago) = now.checked_sub(GUESS_DAY) {
            self.places.forget(day_ago);
        }
        let times = self.places.touch(place, now);
        times.push_back(now);
        if times.len() > GUESSES_PER_DAY {
            times.pop_front();
        }
    }

    /// Places remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::address::Address;

    const fn seconds(value: u64) -> Duration {
        Duration::from_secs(value)
    }

    fn place(number: u32) -> Place {
        Address::from(IpAddr::V4(Ipv4Addr::from(number))).place()
    }

    #[test]
    fn five_wrong_codes_in_ten_minutes_are_the_limit() {
        let mut guesses = Guesses::default();
        for at in 0..5 {
            assert!(guesses.may_try(place(1), seconds(at)));
            guesses.wrong(place(1), seconds(at));
        }
        assert!(!guesses.may_try(place(1), seconds(5)));
        assert!(guesses.may_try(place(2), seconds(5)), "nobody else is locked out");
        assert!(!guesses.may_try(place(1), seconds(599)));
        assert!(guesses.may_try(place(1), seconds(600)));
    }

    #[test]
    fn twenty_a_day_are_the_limit_however_slowly() {
        let mut guesses = Guesses::default();
        for step in 0..20 {
            assert!(guesses.may_try(place(1), seconds(step * 1_000)));
            guesses.wrong(place(1), seconds(step * 1_000));
        }
        assert!(!guesses.may_try(place(1), seconds(86_399)));
        assert!(guesses.may_try(place(1), seconds(86_400)));
    }

    #[test]
    fn the_table_is_bounded_and_forgets_the_quietest() {
        let mut guesses = Guesses::default();
        for number in 0..=PLACES_MAX as u32 {
            guesses.wrong(place(number), Duration::from_millis(u64::from(number)));
        }
        assert_eq!(guesses.len(), PLACES_MAX);
        guesses.wrong(place(7), seconds(200_000));
        assert_eq!(guesses.len(), 1, "a day later all others are forgotten");
    }
}
