//! Wrong codes from everywhere together. The budget of each place can't stop guessing from many places, so beyond a
//! global budget every knock needs a proof of work: never a lock, which would shut out customers too.

use std::time::Duration;

use crate::limits::WRONG_CODES_PER_HOUR;
use crate::tally::Tally;

const HOUR: Duration = Duration::from_secs(3600);

/// Whether the codes are under attack. It begins with the first wrong code beyond the budget and ends after an hour with
/// less than half of it.
#[derive(Debug, Default)]
pub(crate) struct Strain {
    wrong: Tally,
    on: bool,
}

impl Strain {
    /// Counts a wrong code. Gives the number of the last hour if the strain begins with it.
    pub(crate) fn wrong(&mut self, now: Duration) -> Option<u64> {
        let before = self.on;
        let wrong = self.wrong.add(1, HOUR, now);
        self.on = wrong > WRONG_CODES_PER_HOUR || self.is_on(now);
        (self.on && !before).then_some(wrong)
    }

    /// Whether it is on.
    pub(crate) fn is_on(&mut self, now: Duration) -> bool {
        self.on = self.on && self.wrong_in_hour(now) >= WRONG_CODES_PER_HOUR / 2;
        self.on
    }

    /// The wrong codes of the last hour.
    pub(crate) fn wrong_in_hour(&self, now: Duration) -> u64 {
        self.wrong.sum(HOUR, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(value: u64) -> Duration {
        Duration::from_secs(value)
    }

    #[test]
    fn it_begins_beyond_the_budget_and_is_told_once() {
        let mut strain = Strain::default();
        for second in 0..60 {
            assert_eq!(strain.wrong(seconds(second)), None);
        }
        assert!(!strain.is_on(seconds(60)));
        assert_eq!(strain.wrong(seconds(60)), Some(61));
        assert!(strain.is_on(seconds(60)));
        assert_eq!(strain.wrong(seconds(61)), None, "once for each strain");
    }

    #[test]
    fn a_quiet_hour_ends_it_and_half_the_budget_does_not() {
        let mut strain = Strain::default();
        for _ in 0..61 {
            strain.wrong(seconds(0));
        }
        for minute in 1..=180 {
            // Thirty an hour are half the budget.
            if minute % 2 == 0 {
                strain.wrong(seconds(minute * 60));
            }
            assert!(strain.is_on(seconds(minute * 60)), "{minute}");
        }
        assert!(strain.is_on(seconds(181 * 60)));
        assert!(!strain.is_on(seconds(183 * 60)), "fewer");
        for _ in 0..30 {
            assert_eq!(strain.wrong(seconds(184 * 60)), None, "it takes the whole budget to begin again");
        }
        for _ in 0..3 {
            strain.wrong(seconds(184 * 60));
        }
        assert!(strain.is_on(seconds(184 * 60)));
    }
}
