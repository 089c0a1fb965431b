//! Where hours, days, weeks and months begin by the clock on the wall of one time zone, and what it shows.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::QueryError;
use crate::hours::Zone;

const HOUR_SECONDS: i64 = 3_600;

/// How long a bucket is, by the calendar: a day on which clocks change has 23 or 25 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An hour of the clock; where clocks change by half an hour, the half beside the change stands alone.
    Hour,
    /// From midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first of the month.
    Month,
}

/// The instants (Unix milliseconds) at which the buckets of `from..before` begin, and `before`. The first begins with
/// `from`, wherever that is.
///
/// # Errors
/// [`QueryError::TooMuch`] for more than `most` buckets, [`QueryError::Period`] for times that no calendar has.
pub(super) fn edges(zone: &Zone, step: Step, from: i64, before: i64, most: usize) -> Result<Vec<i64>, QueryError> {
    let mut edges = vec![from];
    let mut at = from;
    loop {
        at = next(zone.rules(), step, at)?;
        if at >= before {
            edges.push(before);
            return Ok(edges);
        }
        if edges.len() >= most {
            return Err(QueryError::TooMuch);
        }
        edges.push(at);
    }
}

fn instant(unix_ms: i64) -> Result<Timestamp, QueryError> {
    Timestamp::from_millisecond(unix_ms).map_err(|_| QueryError::Period)
}

fn next(rules: &TimeZone, step: Step, at: i64) -> Result<i64, QueryError> {
    let now = instant(at)?;
    let today = rules.to_datetime(now).date();
    let days_to_monday = 7 - i64::from(today.weekday().to_monday_zero_offset());
    let date = match step {
        Step::Hour => return next_hour(rules, at),
        Step::Day => today.tomorrow(),
        Step::Week => today.checked_add(days_to_monday.days()),
        Step::Month => today.first_of_month().checked_add(1.month()),
    };
    let begins = |date: Date| date.to_zoned(rules.clone());
    let begins = date.and_then(begins).map_err(|_| QueryError::Period)?.timestamp().as_millisecond();
    // No zone's midnight of a later date is earlier; this only makes sure that it goes on.
    Ok(begins.max(at + 1))
}

fn next_hour(rules: &TimeZone, at: i64) -> Result<i64, QueryError> {
    let now = instant(at)?;
    let offset = i64::from(rules.to_offset(now).seconds()) * 1_000;
    let hour = HOUR_SECONDS * 1_000;
    let full = at + hour - (at + offset).rem_euclid(hour);
    let change = rules.following(now).next().map(|change| change.timestamp().as_millisecond());
    Ok(change.filter(|change| *change < full).unwrap_or(full))
}

/// What the clock shows within a period, found quickly for any time of it.
#[derive(Debug)]
pub(super) struct WallClock {
    /// From when on it differs from UTC by so much, both in milliseconds; the first holds from the period's beginning.
    offsets: Vec<(i64, i64)>,
}

impl WallClock {
    /// # Errors
    /// [`QueryError::Period`] for times that no calendar has.
    pub(super) fn new(zone: &Zone, from: i64, before: i64) -> Result<Self, QueryError> {
        let stretches = zone.stretches(from, before).ok_or(QueryError::Period)?;
        let offsets = stretches.map(|stretch| (stretch.from, stretch.offset)).collect();
        Ok(Self { offsets })
    }

    /// Day of the week, Monday being 0, and hour of the day.
    pub(super) fn weekday_and_hour(&self, at: i64) -> (usize, usize) {
        let index = self.offsets.partition_point(|(since, _)| *since <= at).saturating_sub(1);
        let offset = self.offsets.get(index).map_or(0, |(_, offset)| *offset);
        let hours = (at + offset).div_euclid(HOUR_SECONDS * 1_000);
        // 1970 began on a Thursday.
        let weekday = (hours.div_euclid(24) + 3).rem_euclid(7);
        (usize::try_from(weekday).unwrap_or(0), usize::try_from(hours.rem_euclid(24)).unwrap_or(0))
    }
}
