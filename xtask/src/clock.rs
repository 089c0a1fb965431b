//! The one place that reads the clock.
#![expect(clippy::disallowed_methods, reason = "the developer's tool is at the rim: it measures and waits for real")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Now, for measuring.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Seconds since 1970, for validity periods of statements and certificates.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
