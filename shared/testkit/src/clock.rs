//! Where virtual time begins.

use std::time::Instant;

/// The origin of virtual time. Any instant will do: only differences from it are ever looked at.
#[must_use]
pub fn origin() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "an Instant can't be made in any other way; time passes by addition")]
    Instant::now()
}
