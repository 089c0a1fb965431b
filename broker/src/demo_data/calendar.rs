//! When people call for help: on weekdays, in office hours, and a little more often from month to month.

use super::dice::Dice;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Of Korea and Japan, where there is no summer time: nine hours ahead of UTC.
const ZONE: i64 = 9 * HOUR;

/// Days of the generated year.
pub(super) const DAYS: u16 = 364;
/// How much happens on a day of the week, from Sunday.
const WEEK: [u64; 7] = [4, 125, 112, 104, 100, 96, 15];
/// How much happens in an hour of the day.
const HOURS: [u64; 24] = [0, 0, 0, 0, 0, 0, 0, 6, 30, 90, 105, 98, 45, 85, 100, 96, 88, 70, 32, 18, 10, 0, 0, 0];
/// How much more happens on the last day than on the first, in percent.
const GROWTH: u64 = 50;

/// The year before a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Year {
    first: i64,
}

/// A day of the year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    /// Its midnight, Unix milliseconds.
    pub(super) start: i64,
    /// Whether most people work.
    pub(super) working: bool,
    /// How many sessions begin on it.
    pub(super) sessions: u64,
}

impl Year {
    /// The year up to the midnight before `now` (Unix milliseconds).
    pub(super) const fn before(now: i64) -> Self {
        let midnight = now - (now + ZONE).rem_euclid(DAY);
        Self { first: midnight - DAYS as i64 * DAY }
    }

    /// When it begins, Unix milliseconds.
    pub(super) const fn start(self) -> i64 {
        self.first
    }

    /// Its days, over which so many sessions are spread.
    pub(super) fn days(self, sessions: u64) -> impl Iterator<Item = Day> {
        let weight = move |day: u16| {
            let weekday = usize::try_from((self.start_of(day) + ZONE).div_euclid(DAY) + 4).unwrap_or(0) % 7;
            WEEK[weekday] * (100 * u64::from(DAYS) + GROWTH * u64::from(day))
        };
        let all: u64 = (0..DAYS).map(weight).sum();
        // Each day gets what brings the sum to its part of the whole, so that no session is lost by rounding.
        let part = move |sum: u64| u64::try_from(u128::from(sessions) * u128::from(sum) / u128::from(all)).unwrap_or(0);
        let mut sum = 0;
        (0..DAYS).map(move |day| {
            let before = part(sum);
            sum += weight(day);
            let start = self.start_of(day);
            let working = weight(day) > all / u64::from(DAYS) / 2;
            Day { start, working, sessions: part(sum) - before }
        })
    }

    const fn start_of(self, day: u16) -> i64 {
        self.first + day as i64 * DAY
    }
}

impl Day {
    /// A moment at which somebody knocks.
    pub(super) fn knock(&self, dice: &mut Dice) -> i64 {
        let hour = i64::try_from(dice.weighted(&HOURS)).unwrap_or(0);
        self.at(hour, dice.below(HOUR.unsigned_abs()))
    }

    /// So many milliseconds after an hour of the day.
    pub(super) fn at(&self, hour: i64, milliseconds: u64) -> i64 {
        self.start + hour * HOUR + i64::try_from(milliseconds).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Sunday: 2026-11-22, 09:30 in UTC.
    const NOW: i64 = 1_795_339_800_000;

    #[test]
    fn every_session_has_its_day_and_most_have_a_working_day() {
        for sessions in [0, 1, 7, 10_000, 1_000_000] {
            let days: Vec<Day> = Year::before(NOW).days(sessions).collect();
            assert_eq!(days.iter().map(|day| day.sessions).sum::<u64>(), sessions);
        }
        let days: Vec<Day> = Year::before(NOW).days(100_000).collect();
        let (working, free): (Vec<&Day>, Vec<&Day>) = days.iter().partition(|day| day.working);
        assert_eq!((working.len(), free.len()), (260, 104));
        let sum = |days: &[&Day]| days.iter().map(|day| day.sessions).sum::<u64>();
        assert!(sum(&working) > 20 * sum(&free));
        assert!(days[361].sessions > days[4].sessions);
    }

    #[test]
    fn the_year_ends_at_the_midnight_before_now() {
        let year = Year::before(NOW);
        let last = year.days(1).last().unwrap();
        // Sunday began at 15:00 of Saturday in UTC.
        assert_eq!(last.start + DAY, NOW - 18 * HOUR - HOUR / 2);
        assert_eq!(Year::before(last.start + DAY).start(), year.start(), "at midnight itself the day before is over");
    }

    #[test]
    fn people_call_by_day() {
        let (mut dice, day) = (Dice::new(1), Year::before(NOW).days(1).next().unwrap());
        for _ in 0..1_000 {
            let hour = (day.knock(&mut dice) - day.start) / HOUR;
            assert!((7..21).contains(&hour), "{hour}");
        }
    }
}
