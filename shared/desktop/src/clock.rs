//! The one place of this crate that reads the clock: waiting for the operating system needs it.

use std::time::{Duration, Instant};

/// How long it is until `deadline`; zero when it has passed.
pub(crate) fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(now())
}

/// A deadline for those who wait for something else: a day on, when they look around and wait again.
pub(crate) fn never() -> Instant {
    now() + Duration::from_secs(24 * 60 * 60)
}

/// The time.
#[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
