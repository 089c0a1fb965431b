//! The one place that reads the clock.
#![expect(clippy::disallowed_methods, reason = "the developer's tool is at the rim: it measures and waits for real")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Now, for measuring.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Microseconds since 1970, for comparing times with another process.
pub(crate) fn unix_micros() -> u64 {
    let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(age.as_micros()).unwrap_or(u64::MAX)
}

/// Seconds since 1970, for validity periods of statements and certificates.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
