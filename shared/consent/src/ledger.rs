//! The ledger of one session's rights.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use beside_protocol::{Right, Rights};
use thiserror::Error;

use crate::grant::Grant;
use crate::scope::Scope;
use crate::switch::{HoldSwitch, StopSwitch};

/// The customer's own yes to one right. It is made where the customer's press arrives, after the buttons have armed,
/// and nowhere else.
#[derive(Debug)]
pub struct Yes {
    right: Right,
    lease: Duration,
}

impl Yes {
    /// The customer pressed *Allow* for this right and this long.
    #[must_use]
    pub const fn pressed(right: Right, lease: Duration) -> Self {
        Self { right, lease }
    }
}

/// A yes that can't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotAllowed {
    /// The organisation's status does not allow the right.
    #[error("the organisation does not allow this right")]
    ByPolicy,
    /// The yes was for another right.
    #[error("the answer was for another right")]
    OtherRight,
    /// The session was stopped.
    #[error("the session was stopped")]
    Stopped,
}

#[derive(Debug)]
struct Lease {
    revoked: Arc<AtomicBool>,
    length: Duration,
    expires: Instant,
}

/// All rights of one session: which may be granted, which are, and until when.
#[derive(Debug)]
pub struct Consent {
    allowed: Rights,
    stop: StopSwitch,
    hold: HoldSwitch,
    leases: [Option<Lease>; Right::ALL.len()],
}

impl Consent {
    /// A session in which nothing is granted and only `allowed` can be.
    #[must_use]
    pub fn new(allowed: Rights) -> Self {
        Self { allowed, stop: StopSwitch::default(), hold: HoldSwitch::default(), leases: Default::default() }
    }

    /// What the organisation allows to be granted.
    #[must_use]
    pub const fn allowed(&self) -> Rights {
        self.allowed
    }

    /// A switch that ends every grant of this session.
    #[must_use]
    pub fn stop_switch(&self) -> StopSwitch {
        self.stop.clone()
    }

    /// A switch that holds input back.
    #[must_use]
    pub fn hold_switch(&self) -> HoldSwitch {
        self.hold.clone()
    }

    /// Turns the customer's yes into a grant. An older grant of the same right ends.
    ///
    /// # Errors
    /// The right is not allowed, the yes was for another one, or the session was stopped.
    pub fn grant<S: Scope>(&mut self, yes: &Yes, now: Instant) -> Result<Grant<S>, NotAllowed> {
        if self.stop.is_pressed() {
            return Err(NotAllowed::Stopped);
        }
        if yes.right != S::RIGHT {
            return Err(NotAllowed::OtherRight);
        }
        if !self.allowed.has(S::RIGHT) {
            return Err(NotAllowed::ByPolicy);
        }
        self.revoke(S::RIGHT);
        let revoked = Arc::new(AtomicBool::new(false));
        let expires = now + yes.lease;
        self.leases[S::RIGHT as usize] = Some(Lease { revoked: Arc::clone(&revoked), length: yes.lease, expires });
        Ok(Grant { revoked, stop: self.stop.clone(), hold: self.hold.clone(), expires, scope: PhantomData })
    }

    /// Ends a right at once. Says whether there was one to end.
    pub fn revoke(&mut self, right: Right) -> bool {
        match self.leases[right as usize].take() {
            Some(lease) => {
                lease.revoked.store(true, Ordering::SeqCst);
                true
            }
            None => false,
        }
    }

    /// Ends every right at once and for good.
    pub fn stop(&mut self) {
        self.stop.press();
        for right in Right::ALL {
            self.revoke(right);
        }
    }

    /// Ends the rights whose lease has run out, and names them.
    pub fn expire(&mut self, now: Instant) -> Vec<Right> {
        let run_out = |lease: &Lease| now >= lease.expires;
        let mut ended = Right::ALL.to_vec();
        ended.retain(|right| self.leases[*right as usize].as_ref().is_some_and(run_out) && self.revoke(*right));
        ended
    }

    /// What is left of a right's lease and how long it was, or nothing if the right is not there.
    #[must_use]
    pub fn lease(&self, right: Right, now: Instant) -> Option<(Duration, Duration)> {
        let lease = self.leases[right as usize].as_ref()?;
        (now < lease.expires && !self.stop.is_pressed()).then(|| (lease.expires - now, lease.length))
    }

    /// Whether a right is there now.
    #[must_use]
    pub fn has(&self, right: Right, now: Instant) -> bool {
        self.lease(right, now).is_some()
    }

    /// When the next lease runs out.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Instant> {
        self.leases.iter().flatten().map(|lease| lease.expires).min()
    }
}

impl Drop for Consent {
    /// A grant never outlives the session that it belongs to.
    fn drop(&mut self) {
        self.stop.press();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Control, Lapsed, View};

    const MINUTE: Duration = Duration::from_secs(60);

    fn start() -> Instant {
        #[expect(clippy::disallowed_methods, reason = "any instant will do as the origin of virtual time")]
        Instant::now()
    }

    #[test]
    fn stop_ends_every_grant_from_another_thread() {
        let now = start();
        let mut consent = Consent::new(Rights::ALL);
        let view = consent.grant::<View>(&Yes::pressed(Right::View, MINUTE), now).unwrap();
        let control = consent.grant::<Control>(&Yes::pressed(Right::Control, MINUTE), now).unwrap();
        let switch = consent.stop_switch();
        std::thread::spawn(move || switch.press()).join().unwrap();
        assert_eq!(view.check(now).err(), Some(Lapsed::Revoked));
        assert_eq!(control.check(now).err(), Some(Lapsed::Revoked));
        assert_eq!(
            consent.grant::<View>(&Yes::pressed(Right::View, MINUTE), now).err(),
            Some(NotAllowed::Stopped),
            "nothing brings a stopped session back"
        );
    }

    #[test]
    fn holding_stops_input_and_not_the_picture() {
        let now = start();
        let mut consent = Consent::new(Rights::ALL);
        let view = consent.grant::<View>(&Yes::pressed(Right::View, MINUTE), now).unwrap();
        let control = consent.grant::<Control>(&Yes::pressed(Right::Control, MINUTE), now).unwrap();
        consent.hold_switch().set(true);
        assert!(view.check(now).is_ok());
        assert_eq!(control.check(now).err(), Some(Lapsed::Held));
        consent.hold_switch().set(false);
        assert!(control.check(now).is_ok());
    }

    #[test]
    fn a_yes_counts_for_its_own_right_only() {
        let now = start();
        let mut consent = Consent::new(Rights::only(Right::View));
        let yes = Yes::pressed(Right::View, MINUTE);
        assert_eq!(consent.grant::<Control>(&yes, now).err(), Some(NotAllowed::OtherRight));
        let yes = Yes::pressed(Right::Control, MINUTE);
        assert_eq!(consent.grant::<Control>(&yes, now).err(), Some(NotAllowed::ByPolicy));
    }

    #[test]
    fn a_grant_does_not_outlive_its_session() {
        let now = start();
        let mut consent = Consent::new(Rights::ALL);
        let view = consent.grant::<View>(&Yes::pressed(Right::View, MINUTE), now).unwrap();
        drop(consent);
        assert_eq!(view.check(now).err(), Some(Lapsed::Revoked));
    }

    #[derive(Debug, Clone)]
    enum Act {
        Grant(u64),
        Revoke,
        Pass(u64),
        Expire,
        Hold(bool),
        Stop,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            4 => (1u64..100).prop_map(Act::Grant),
            2 => Just(Act::Revoke),
            4 => (0u64..80).prop_map(Act::Pass),
            2 => Just(Act::Expire),
            2 => any::<bool>().prop_map(Act::Hold),
            1 => Just(Act::Stop),
        ]
    }

    proptest! {
        /// The ledger against the plainest model there is: until when, held, stopped.
        #[test]
        fn no_sequence_leaves_a_grant_alive_that_should_not_be(acts in prop::collection::vec(act(), 1..60)) {
            let mut now = start();
            let mut consent = Consent::new(Rights::ALL);
            let mut grants: Vec<Grant<Control>> = Vec::new();
            let (mut until, mut held, mut stopped) = (None::<Instant>, false, false);
            for act in acts {
                match act {
                    Act::Grant(seconds) => {
                        let lease = Duration::from_secs(seconds);
                        let grant = consent.grant::<Control>(&Yes::pressed(Right::Control, lease), now);
                        prop_assert_eq!(grant.is_err(), stopped);
                        if let Ok(grant) = grant {
                            grants.push(grant);
                            until = Some(now + lease);
                        }
                    }
                    Act::Revoke => { consent.revoke(Right::Control); until = None; }
                    Act::Pass(seconds) => now += Duration::from_secs(seconds),
                    Act::Expire => { consent.expire(now); }
                    Act::Hold(on) => { consent.hold_switch().set(on); held = on; }
                    Act::Stop => { consent.stop(); stopped = true; }
                }
                let there = !stopped && until.is_some_and(|until| now < until);
                prop_assert_eq!(consent.has(Right::Control, now), there);
                let alive = grants.iter().filter(|grant| grant.check(now).is_ok()).count();
                prop_assert_eq!(alive, usize::from(there && !held));
            }
        }
    }
}
