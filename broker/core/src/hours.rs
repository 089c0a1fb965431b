//! At which hours of the week an account may be used, by the clock on the wall of one time zone.
//!
//! What that clock shows decides, so a window keeps its meaning when summer time begins and ends: an hour that is left
//! out admits nobody, one that comes twice admits twice. The time-zone rules are those that the program was built with;
//! no file of the system is read.

use std::fmt;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

/// Windows of one set of hours. More are refused.
const WINDOWS_MAX: usize = 32;
const HOUR: i64 = 3_600_000;
const WEEK: i64 = 7 * 24 * HOUR;
/// Minutes of a day; as an end, midnight.
const DAY: u16 = 24 * 60;

/// Hours as they are written down: `{"zone": "Asia/Seoul", "windows": [{"days": ["mon"], "from": "08:30", "to":
/// "18:00"}]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursForm {
    /// The IANA time zone.
    pub zone: String,
    /// When it is open. Windows may overlap.
    pub windows: Vec<WindowForm>,
}

/// One window of [`HoursForm`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowForm {
    /// The days on which it begins.
    pub days: Vec<Day>,
    /// `HH:MM`, the first minute that is within.
    pub from: String,
    /// `HH:MM`, the first minute that is not, up to `24:00`. Earlier than `from`, it is on the day after.
    pub to: String,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// Why a form is not hours. Windows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No such time zone.
    #[error("the time zone is not one of the IANA database, such as Asia/Seoul")]
    ZoneUnknown,
    /// No window: to admit nobody, end the account; to admit always, set no hours.
    #[error("there is no window")]
    NoWindow,
    /// Too many windows.
    #[error("there are more than {WINDOWS_MAX} windows")]
    TooManyWindows,
    /// A window without days.
    #[error("window {0} has no days")]
    NoDay(usize),
    /// A time that is none.
    #[error("window {0} has a time that is not from 00:00 to 24:00")]
    Time(usize),
    /// A window that ends where it begins.
    #[error("window {0} ends when it begins; the whole day is from 00:00 to 24:00")]
    EmptyWindow(usize),
}

impl HoursError {
    /// The stable text.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ZoneUnknown => "hours_zone_unknown",
            Self::NoWindow => "hours_no_window",
            Self::TooManyWindows => "hours_too_many_windows",
            Self::NoDay(_) => "hours_no_day",
            Self::Time(_) => "hours_time",
            Self::EmptyWindow(_) => "hours_empty_window",
        }
    }
}

/// A stretch of time in which a clock differs from UTC by the same. All in milliseconds, times since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Its beginning.
    pub(crate) from: i64,
    /// Its end, which does not belong to it.
    pub(crate) before: i64,
    /// What the clock shows, less UTC.
    pub(crate) offset: i64,
}

/// An IANA time zone.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of this name, in upper or lower case.
    ///
    /// # Errors
    /// [`HoursError::ZoneUnknown`].
    pub fn parse(name: &str) -> Result<Self, HoursError> {
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| HoursError::ZoneUnknown)?;
        if zone.is_unknown() { Err(HoursError::ZoneUnknown) } else { Ok(Self(zone)) }
    }

    /// Its name as the database has it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// When its clocks change, and what they show.
    pub(crate) const fn rules(&self) -> &TimeZone {
        &self.0
    }

    /// The stretches of a period, in order; nothing for times that no calendar has.
    pub(crate) fn stretches(&self, from: i64, before: i64) -> Option<impl Iterator<Item = Stretch>> {
        let (first, last) = (Timestamp::from_millisecond(from).ok()?, Timestamp::from_millisecond(before).ok()?);
        let milliseconds = |offset: Offset| i64::from(offset.seconds()) * 1_000;
        let changes = self.0.following(first).take_while(move |change| change.timestamp() < last);
        let mut changes =
            changes.map(move |change| (change.timestamp().as_millisecond(), milliseconds(change.offset())));
        let mut next = Some((from, milliseconds(self.0.to_offset(first))));
        Some(std::iter::from_fn(move || {
            let (from, offset) = next.take()?;
            next = changes.next();
            Some(Stretch { from, before: next.map_or(before, |(change, _)| change), offset })
        }))
    }

    /// When, within a period, the clock on the wall shows this hour of this day of the week, Monday being 0: Unix
    /// milliseconds, in order. An hour that comes twice does so here, in one piece or in two; one that is left out does not.
    /// Nothing for times that no calendar has.
    #[must_use]
    pub fn hours_of_week(&self, weekday: u8, hour: u8, within: Range<i64>) -> Option<impl Iterator<Item = Range<i64>>> {
        // What the clock showed in the week of 1970-01-01, a Thursday, as milliseconds since then.
        let first = (i64::from(weekday) * 24 + i64::from(hour) - 3 * 24) * HOUR;
        let in_stretch = move |Stretch { from, before, offset }: Stretch| {
            let shown_first = first - offset;
            // The first of them that is not over when the stretch begins.
            let weeks = (from - HOUR - shown_first).div_euclid(WEEK) + 1;
            let begins = std::iter::successors(Some(shown_first + weeks * WEEK), |begin| begin.checked_add(WEEK));
            let within = begins.take_while(move |begin| *begin < before);
            within.map(move |begin| begin.max(from)..(begin + HOUR).min(before))
        };
        Some(self.stretches(within.start, within.end)?.flat_map(in_stretch))
    }

    /// The hour that the clock on the wall shows, 0 to 23; nothing for times that no calendar has.
    #[must_use]
    pub fn hour(&self, unix_ms: i64) -> Option<u8> {
        self.wall_clock(unix_ms).map(|(_, minute)| (minute / 60) as u8)
    }

    /// Day and minute of the day.
    fn wall_clock(&self, unix_ms: i64) -> Option<(Weekday, u16)> {
        let time = self.0.to_datetime(Timestamp::from_millisecond(unix_ms).ok()?);
        let minute = u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        Some((time.weekday(), minute))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

/// Hours of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    zone: Zone,
    windows: Vec<Window>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// A bit for each day, Monday the lowest.
    days: u8,
    from: u16,
    to: u16,
}

const fn bit(days_after_monday: i8) -> u8 {
    1 << days_after_monday.rem_euclid(7)
}

impl Window {
    fn parse(form: &WindowForm, number: usize) -> Result<Self, HoursError> {
        let days = form.days.iter().fold(0, |days, day| days | bit(*day as i8));
        if days == 0 {
            return Err(HoursError::NoDay(number));
        }
        let from = minutes(&form.from).filter(|from| *from < DAY).ok_or(HoursError::Time(number))?;
        let to = minutes(&form.to).ok_or(HoursError::Time(number))?;
        if from == to {
            return Err(HoursError::EmptyWindow(number));
        }
        Ok(Self { days, from, to })
    }

    fn admits(self, day: Weekday, minute: u16) -> bool {
        let today = self.days & bit(day.to_monday_zero_offset()) != 0;
        if self.from < self.to {
            return today && self.from <= minute && minute < self.to;
        }
        let yesterday = self.days & bit(day.to_monday_zero_offset() - 1) != 0;
        today && self.from <= minute || yesterday && minute < self.to
    }
}

/// Minutes since midnight of `HH:MM`, up to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let [h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let number = |tens: &u8, ones: &u8| {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        digits.then(|| u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
    };
    let (hour, minute) = (number(h1, h2)?, number(m1, m2)?);
    Some(hour * 60 + minute).filter(|time| minute < 60 && *time <= DAY)
}

impl Hours {
    /// Hours from their written form.
    ///
    /// # Errors
    /// See [`HoursError`].
    pub fn parse(form: &HoursForm) -> Result<Self, HoursError> {
        let zone = Zone::parse(&form.zone)?;
        if form.windows.is_empty() {
            return Err(HoursError::NoWindow);
        }
        if form.windows.len() > WINDOWS_MAX {
            return Err(HoursError::TooManyWindows);
        }
        let windows = form.windows.iter().zip(1..).map(|(window, number)| Window::parse(window, number));
        Ok(Self { zone, windows: windows.collect::<Result<_, _>>()? })
    }

    /// Whether the moment is within the hours. A moment that no calendar has is not.
    #[must_use]
    pub fn admits(&self, unix_ms: i64) -> bool {
        let Some((day, minute)) = self.zone.wall_clock(unix_ms) else { return false };
        self.windows.iter().any(|window| window.admits(day, minute))
    }
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
