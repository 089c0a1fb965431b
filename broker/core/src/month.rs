//! Months of the calendar in UTC, as a review is of one: `2026-11`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Deserialize;

/// A month of the years 1970 to 9998.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Month {
    year: i16,
    /// From 1.
    month: i8,
}

/// Text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as YYYY-MM, from 1970-01 to 9998-12")]
pub struct NoMonth;

impl Month {
    /// The month of a time (Unix milliseconds).
    #[must_use]
    pub fn of(unix_ms: i64) -> Option<Self> {
        let date = Offset::UTC.to_datetime(Timestamp::from_millisecond(unix_ms).ok()?).date();
        Self::new(date.year(), date.month())
    }

    fn new(year: i16, month: i8) -> Option<Self> {
        ((1970..=9998).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// When it begins, Unix milliseconds.
    #[must_use]
    pub fn begins(self) -> i64 {
        begins(self.year, self.month)
    }

    /// When the next one begins, Unix milliseconds.
    #[must_use]
    pub fn ends(self) -> i64 {
        if self.month == 12 { begins(self.year + 1, 1) } else { begins(self.year, self.month + 1) }
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        if self.month == 1 { Self::new(self.year - 1, 12) } else { Self::new(self.year, self.month - 1) }
    }
}

fn begins(year: i16, month: i8) -> i64 {
    let first = Date::new(year, month, 1)
        .ok()
        .and_then(|date| Offset::UTC.to_timestamp(date.to_datetime(Default::default())).ok());
    // Every month of these years has a first day.
    first.map_or(0, Timestamp::as_millisecond)
}

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (year, month) = text.split_once('-').ok_or(NoMonth)?;
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(NoMonth);
        }
        let (year, month) = (year.parse().map_err(|_| NoMonth)?, month.parse().map_err(|_| NoMonth)?);
        Self::new(year, month).ok_or(NoMonth)
    }
}

impl TryFrom<String> for Month {
    type Error = NoMonth;

    fn try_from(text: String) -> Result<Self, NoMonth> {
        text.parse()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_in_one_way() {
        for good in ["1970-01", "2026-11", "9998-12"] {
            assert_eq!(good.parse::<Month>().unwrap().to_string(), good);
        }
        for bad in ["", "2026", "2026-00", "2026-13", "2026-1", "26-11", "+026-11", "1969-12", "9999-01", "2026-11-01"]
        {
            assert_eq!(bad.parse::<Month>(), Err(NoMonth), "{bad}");
        }
    }

    #[test]
    fn it_ends_where_the_next_begins() {
        let (november, december): (Month, Month) = ("2026-11".parse().unwrap(), "2026-12".parse().unwrap());
        assert_eq!(november.begins(), 1_793_491_200_000);
        assert_eq!((november.ends(), december.previous()), (december.begins(), Some(november)));
        assert_eq!(december.ends(), "2027-01".parse::<Month>().unwrap().begins());
        assert_eq!("1970-01".parse::<Month>().unwrap().previous(), None);
        assert_eq!(Month::of(december.begins() - 1), Some(november));
        assert_eq!(Month::of(december.begins()), Some(december));
        assert_eq!((Month::of(-1), Month::of(i64::MAX)), (None, None));
    }
}
