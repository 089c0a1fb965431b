//! The one place that reads the clocks and the system's randomness.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use beside_broker_core::Now;
use beside_protocol::ids::Token;
use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};
use tokio::time::MissedTickBehavior;
use zeroize::Zeroizing;

/// The system's random source; a machine without one can't run a broker, and the process ends.
pub type SystemRandom = UnwrapErr<SysRng>;

/// The system's random source.
#[must_use]
pub const fn random() -> SystemRandom {
    UnwrapErr(SysRng)
}

/// 256 random bits, as a bearer secret.
#[must_use]
pub fn fresh_secret() -> Token {
    let mut secret = Zeroizing::new([0; 32]);
    random().fill_bytes(&mut *secret);
    Token(*secret)
}

/// Acts now, and then each time the period has passed, for ever. Where an act takes longer, the next comes a period later.
pub(crate) async fn every(period: Duration, mut act: impl AsyncFnMut()) {
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        act().await;
    }
}

/// Both clocks, the monotonic one counted from when this was made.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts counting.
    #[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Reads both clocks. A wall clock before 1970 reads as 1970.
    #[expect(clippy::disallowed_methods, reason = "the rim reads the clock")]
    #[must_use]
    pub fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Now { monotonic: self.start.elapsed(), unix_ms: i64::try_from(unix.as_millis()).unwrap_or(i64::MAX) }
    }

    /// The tokio instant of a monotonic moment.
    #[must_use]
    pub fn instant(&self, monotonic: Duration) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + monotonic)
    }
}
