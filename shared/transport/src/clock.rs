//! The monotonic clock of the rim: where `now` comes from, and how to wait for a deadline.

use std::time::Instant;

use tokio::time::sleep_until;

/// Now.
#[must_use]
pub fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
    Instant::now()
}

/// Ends at the deadline; never without one.
pub async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
