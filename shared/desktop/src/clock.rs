//! The one place of this crate that reads the clock: waiting for the operating system needs it.

use std::time::{Duration, Instant};

/// How long it is until `deadline`; zero when it has passed.
pub(crate) fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(now())
}

/// The time.
#[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
