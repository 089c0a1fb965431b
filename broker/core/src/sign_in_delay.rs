//! The growing wait after failed sign-ins, per account name and place.

use std::time::Duration;

use crate::limits::{FREE_SIGN_INS, PLACES_MAX, SIGN_IN_FORGET, SIGN_IN_WAIT, SIGN_IN_WAIT_MAX};
use crate::recent::Recent;
use crate::trier::{NameHash, Trier};

/// Failed sign-ins. At most [`PLACES_MAX`] triers; the quietest is forgotten for a new one.
#[derive(Debug, Default)]
pub struct SignInDelay {
    triers: Recent<Trier, Failures, PLACES_MAX>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Failures {
    count: u32,
    last: Duration,
    /// The one before.
    earlier: Duration,
}

impl Failures {
    fn wait(self) -> Duration {
        match self.count.checked_sub(FREE_SIGN_INS) {
            None => Duration::ZERO,
            Some(doublings) => SIGN_IN_WAIT.saturating_mul(2u32.saturating_pow(doublings)).min(SIGN_IN_WAIT_MAX),
        }
    }
}

impl SignInDelay {
    fn known(&self, trier: Trier, now: Duration) -> Failures {
        let known = self.triers.get(&trier).copied();
        known.filter(|failures| failures.last + SIGN_IN_FORGET > now).unwrap_or_default()
    }

    /// How long the trier still has to wait.
    #[must_use]
    pub fn wait(&self, trier: Trier, now: Duration) -> Option<Duration> {
        let known = self.known(trier, now);
        (known.last + known.wait()).checked_sub(now).filter(|wait| !wait.is_zero())
    }

    /// How often the trier has failed, tries that are under way included.
    pub(crate) fn failures(&self, trier: Trier, now: Duration) -> u32 {
        self.known(trier, now).count
    }

    /// Begins a try. It counts as failed until [`succeeded`](Self::succeeded), so tries side by side gain nothing.
    pub fn begin(&mut self, trier: Trier, now: Duration) {
        let known = self.known(trier, now);
        *self.triers.touch(trier, now) =
            Failures { count: known.count.saturating_add(1), last: now, earlier: known.last };
    }

    /// The try has failed: the wait begins now, however long it took to look at it.
    pub(crate) fn failed(&mut self, trier: Trier, now: Duration) {
        if let Some(failures) = self.triers.get_mut(&trier) {
            failures.last = now;
        }
    }

    /// Takes the last try back: all is as it was before.
    pub(crate) fn withdraw(&mut self, trier: Trier) {
        if let Some(failures) = self.triers.get_mut(&trier) {
            (failures.count, failures.last) = (failures.count.saturating_sub(1), failures.earlier);
        }
    }

    /// The password was right: the failures are forgotten.
    pub fn succeeded(&mut self, trier: Trier) {
        self.triers.remove(&trier);
    }

    /// Forgets the failures of a name everywhere; says whether there were any.
    pub(crate) fn forgive(&mut self, name: NameHash) -> bool {
        let triers: Vec<Trier> = self.triers.range(Trier::all_of(name)).map(|(trier, _)| *trier).collect();
        triers.iter().filter(|trier| self.triers.remove(trier).is_some()).count() > 0
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::address::Address;

    fn trier(name: &str, last: u8) -> Trier {
        Trier::new(name, Address::from(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))))
    }

    #[test]
    fn the_wait_doubles_up_to_its_ceiling() {
        let mut delay = SignInDelay::default();
        let kim = trier("kim", 1);
        let mut now = Duration::from_secs(5);
        for _ in 0..3 {
            assert_eq!(delay.wait(kim, now), None);
            delay.begin(kim, now);
        }
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(delay.wait(kim, now), Some(Duration::from_secs(expected)));
            now += Duration::from_secs(expected);
            assert_eq!(delay.wait(kim, now), None);
            delay.begin(kim, now);
        }
        assert_eq!(delay.failures(kim, now), 15);
        assert_eq!(delay.failures(kim, now + SIGN_IN_FORGET), 0);
    }

    #[test]
    fn the_wait_begins_with_the_answer() {
        let mut delay = SignInDelay::default();
        let kim = trier("kim", 1);
        for _ in 0..3 {
            delay.begin(kim, Duration::from_secs(5));
        }
        delay.failed(kim, Duration::from_secs(9));
        assert_eq!(delay.wait(kim, Duration::from_millis(9_250)), Some(Duration::from_millis(750)));
    }

    #[test]
    fn a_try_that_is_taken_back_changes_nothing() {
        let mut delay = SignInDelay::default();
        let kim = trier("kim", 1);
        for _ in 0..5 {
            delay.begin(kim, Duration::from_secs(5));
        }
        delay.begin(kim, Duration::from_secs(9));
        delay.withdraw(kim);
        assert_eq!((delay.failures(kim, Duration::from_secs(9)), delay.wait(kim, Duration::from_secs(9))), (5, None));
    }

    #[test]
    fn success_and_other_places_start_afresh() {
        let mut delay = SignInDelay::default();
        for _ in 0..3 {
            delay.begin(trier("kim", 1), Duration::ZERO);
            delay.begin(trier("kim", 2), Duration::ZERO);
        }
        assert!(delay.wait(trier("kim", 1), Duration::ZERO).is_some());
        assert_eq!(delay.wait(trier("kim", 3), Duration::ZERO), None);
        assert_eq!(delay.wait(trier("lee", 1), Duration::ZERO), None);
        delay.succeeded(trier("kim", 1));
        assert_eq!(delay.wait(trier("kim", 1), Duration::ZERO), None);
        assert!(delay.wait(trier("kim", 2), Duration::ZERO).is_some());
    }

    #[test]
    fn a_name_is_forgiven_everywhere_and_no_other() {
        let mut delay = SignInDelay::default();
        for (name, place) in [("kim", 1), ("kim", 2), ("lee", 1)] {
            delay.begin(trier(name, place), Duration::ZERO);
        }
        assert!(delay.forgive(NameHash::of("kim")));
        assert!(!delay.forgive(NameHash::of("kim")));
        assert_eq!(delay.failures(trier("kim", 2), Duration::ZERO), 0);
        assert_eq!(delay.failures(trier("lee", 1), Duration::ZERO), 1);
    }
}
