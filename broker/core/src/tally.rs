//! How much of something there was in the last while, in a bounded number of steps.

use std::collections::VecDeque;
use std::time::Duration;

/// Steps into which a span is cut. An amount is forgotten at most one step too early.
const STEPS: u32 = 60;

/// The amounts of the last span. The span must always be the same for one tally.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    /// When each step began, and its amount.
    steps: VecDeque<(Duration, u64)>,
}

impl Tally {
    /// Adds an amount, and gives the sum with it.
    pub(crate) fn add(&mut self, amount: u64, span: Duration, now: Duration) -> u64 {
        while self.steps.front().is_some_and(|(began, _)| *began + span <= now) {
            self.steps.pop_front();
        }
        match self.steps.back_mut() {
            Some((began, sum)) if *began + span / STEPS > now => *sum = sum.saturating_add(amount),
            Some(_) | None => self.steps.push_back((now, amount)),
        }
        self.sum(span, now)
    }

    /// The sum of the last span.
    pub(crate) fn sum(&self, span: Duration, now: Duration) -> u64 {
        let recent = self.steps.iter().filter(|(began, _)| *began + span > now);
        recent.fold(0, |sum, (_, amount)| sum.saturating_add(*amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn what_is_older_than_the_span_does_not_count() {
        let mut tally = Tally::default();
        let minute = |number: u64| Duration::from_secs(number * 60);
        assert_eq!(tally.add(2, HOUR, minute(0)), 2);
        assert_eq!(tally.add(3, HOUR, minute(30)), 5);
        assert_eq!(tally.sum(HOUR, minute(59)), 5);
        assert_eq!(tally.sum(HOUR, minute(60)), 3);
        assert_eq!(tally.add(1, HOUR, minute(90)), 1);
    }

    #[test]
    fn however_much_there_is_the_steps_are_few() {
        let mut tally = Tally::default();
        for second in 0..20_000 {
            tally.add(1, HOUR, Duration::from_secs(second));
        }
        assert!(tally.steps.len() <= STEPS as usize, "{}", tally.steps.len());
        let sum = tally.sum(HOUR, Duration::from_secs(20_000));
        assert!((3_540..=3_600).contains(&sum), "{sum}");
        assert_eq!(tally.add(u64::MAX, HOUR, Duration::from_secs(20_000)), u64::MAX);
    }
}
