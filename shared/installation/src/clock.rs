//! The machine's clock, never earlier than the build.

use std::time::{SystemTime, UNIX_EPOCH};

use beside_identity::UnixTime;

/// The later of the operating system's time and the date of this build.
#[must_use]
pub fn wall_clock() -> UnixTime {
    #[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
    UnixTime(now.max(build_date()))
}

fn build_date() -> u64 {
    env!("BESIDE_BUILD_DATE").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_has_a_date() {
        assert!(build_date() > 1_700_000_000);
        assert!(wall_clock() >= UnixTime(build_date()));
    }
}
