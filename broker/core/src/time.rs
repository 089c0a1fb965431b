//! The two clocks, read by the rim and handed in.

use std::time::Duration;

/// One reading of both clocks.
///
/// Every lifetime is measured on the monotonic one, so a clock that jumps changes none of them; the other only dates
/// the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Time since the process began; never goes back.
    pub monotonic: Duration,
    /// Unix time in milliseconds, UTC.
    pub unix_ms: i64,
}
