//! The growing wait after failed sign-ins, per account name and address.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::address::{Address, Place};
use crate::limits::{FREE_SIGN_INS, PLACES_MAX, SIGN_IN_FORGET, SIGN_IN_WAIT, SIGN_IN_WAIT_MAX};
use crate::recent::Recent;

/// Whose tries are counted together: what was typed as a name (hashed, since people type passwords there) and the
/// place it came from. Whether the account exists makes no difference.
///
/// The name must be in the form by which accounts are found, or each way to write it would have tries of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trier([u8; 32], Place);

impl Trier {
    /// The trier of `name` at `address`.
    #[must_use]
    pub fn new(name: &str, address: Address) -> Self {
        Self(Sha256::digest(name.as_bytes()).into(), address.place())
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Failures {
    count: u32,
    last: Duration,
}

impl Failures {
    fn wait(self) -> Duration {
        match self.count.checked_sub(FREE_SIGN_INS) {
            None => Duration::ZERO,
            Some(doublings) => SIGN_IN_WAIT.saturating_mul(2u32.saturating_pow(doublings)).min(SIGN_IN_WAIT_MAX),
        }
    }
}

/// Failed sign-ins. At most [`PLACES_MAX`] triers; the quietest is forgotten for a new one.
#[derive(Debug, Default)]
pub struct SignInDelay {
    triers: Recent<Trier, Failures, PLACES_MAX>,
}

impl SignInDelay {
    /// Begins a try. It counts as failed until [`succeeded`](Self::succeeded), so tries side by side gain nothing.
    ///
    /// # Errors
    /// The trier has to wait so long still; this try did not count.
    pub fn begin(&mut self, trier: Trier, now: Duration) -> Result<(), Duration> {
        let known = self.triers.get(&trier).copied().filter(|failures| failures.last + SIGN_IN_FORGET > now);
        let count = known.map_or(0, |failures| failures.count);
        if let Some(failures) = known {
            let again = failures.last + failures.wait();
            if again > now {
                return Err(again - now);
            }
        }
        *self.triers.touch(trier, now) = Failures { count: count.saturating_add(1), last: now };
        Ok(())
    }

    /// The password was right: the failures are forgotten.
    pub fn succeeded(&mut self, trier: Trier) {
        self.triers.remove(&trier);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn address(last: u8) -> Address {
        Address::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    #[test]
    fn the_wait_doubles_up_to_its_ceiling() {
        let mut delay = SignInDelay::default();
        let trier = Trier::new("kim", address(1));
        let mut now = Duration::ZERO;
        for _ in 0..3 {
            assert_eq!(delay.begin(trier, now), Ok(()));
        }
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(delay.begin(trier, now), Err(Duration::from_secs(expected)));
            now += Duration::from_secs(expected);
            assert_eq!(delay.begin(trier, now), Ok(()));
        }
    }

    #[test]
    fn success_and_other_places_start_afresh() {
        let mut delay = SignInDelay::default();
        let trier = Trier::new("kim", address(1));
        for _ in 0..3 {
            assert_eq!(delay.begin(trier, Duration::ZERO), Ok(()));
        }
        assert!(delay.begin(trier, Duration::ZERO).is_err());
        assert_eq!(delay.begin(Trier::new("kim", address(2)), Duration::ZERO), Ok(()));
        assert_eq!(delay.begin(Trier::new("lee", address(1)), Duration::ZERO), Ok(()));
        delay.succeeded(trier);
        assert_eq!(delay.begin(trier, Duration::ZERO), Ok(()));
    }
}
