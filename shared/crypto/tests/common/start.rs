//! Where virtual time starts: the one place of the tests that looks at the clock, and nothing depends on what it says.

use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "an Instant can't be made from nothing")]
pub(crate) fn start() -> Instant {
    Instant::now()
}
