//! What time it is, when the machine's clock may be wrong and the broker must not be asked.
//!
//! Now is the latest of the operating system's clock, the build's date and every `issued` just verified. So a slow
//! clock does not matter, and a fast one can be told apart from a statement that has really run out.

use std::ops::Add;

use crate::statement::{Body, STATUS_LIFE_MAX, Verified};

/// A point in time: seconds since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnixTime(pub u64);

impl Add<u64> for UnixTime {
    type Output = Self;

    /// The time so many seconds later, at most the end of time.
    fn add(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

/// The time that statements are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: UnixTime,
    signed: Option<UnixTime>,
}

impl Clock {
    /// A clock that starts at the later of the operating system's time and the build's date.
    #[must_use]
    pub const fn new(start: UnixTime) -> Self {
        Self { start, signed: None }
    }

    /// Takes note of a statement whose signature has held: it is at least as late as it was issued.
    pub fn see<T: Body>(&mut self, statement: &Verified<T>) {
        self.signed = self.signed.max(Some(statement.issued()));
    }

    /// The time by which statements are valid or not.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        self.signed.map_or(self.start, |signed| signed.max(self.start))
    }

    /// Whether the machine's clock, rather than a statement, is the likely culprit when something looks expired.
    ///
    /// A working organisation signs a status every 14 days at the latest, so a clock that is further ahead than that of
    /// everything signed is taken to be fast.
    #[must_use]
    pub fn looks_fast(&self) -> bool {
        self.signed.is_some_and(|signed| self.start > signed + STATUS_LIFE_MAX)
    }
}
