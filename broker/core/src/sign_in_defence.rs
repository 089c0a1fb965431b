//! Whether a name and a password are looked at at all: what stands between the sign-in and those who try many.
//!
//! A name at one place waits ever longer and soon has to compute; a name that fails at many places is locked, except where
//! it has been signed in from lately, so that strangers can't lock anybody out; a place that fails with many names is
//! blocked. Names of nobody are treated as those of somebody throughout.

use std::collections::VecDeque;
use std::time::Duration;

use beside_protocol::ErrorCode;
use beside_protocol::ids::OperatorId;
use beside_protocol::proof::{Challenge, Proof};
use rand_core::CryptoRng;

use crate::address::Place;
use crate::limits::{
    KNOWN_FOR, KNOWN_MAX, NAME_FAILURES, NAME_LOCK, NAME_WINDOW, NAMES_MAX, PLACE_BLOCK, PLACE_FAILURES, PLACE_WINDOW,
    PLACES_MAX, PROVEN_SIGN_IN,
};
use crate::observation::Observation;
use crate::proof_of_work::{Difficulty, ProofOfWork, Purpose};
use crate::recent::Recent;
use crate::sign_in_delay::SignInDelay;
use crate::trier::{NameHash, Trier};

/// Why a sign-in is not looked at. It did not count as a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Turned {
    /// The trier has to wait, or the name is locked: nobody can tell which.
    #[error("too many tries; the next one counts in {0:?}")]
    Wait(Duration),
    /// A proof of work is needed.
    #[error("a proof of work is needed")]
    Prove(Challenge),
    /// The place is blocked.
    #[error("the place is blocked for {0:?}")]
    Blocked(Duration),
}

impl Turned {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Wait(_) => ErrorCode::TooManyTries,
            Self::Prove(_) => ErrorCode::ProofNeeded,
            Self::Blocked(_) => ErrorCode::Blocked,
        }
    }
}

/// Failures of a name over all places, or of a place over all names.
#[derive(Debug, Default)]
struct Failures {
    times: VecDeque<Duration>,
    /// Until when it is locked or blocked.
    shut: Option<Duration>,
}

impl Failures {
    fn shut_for(&self, now: Duration) -> Option<Duration> {
        self.shut?.checked_sub(now).filter(|rest| !rest.is_zero())
    }

    /// Counts a failure, as one of at most `most` within `window`.
    fn count(&mut self, window: Duration, most: usize, now: Duration) {
        self.times.retain(|at| *at + window > now);
        self.times.push_back(now);
        if self.times.len() > most {
            self.times.pop_front();
        }
    }

    fn within(&self, window: Duration, now: Duration) -> usize {
        self.times.iter().filter(|at| **at + window > now).count()
    }

    /// Shuts it, if it isn't, once there were `most` failures. They have then had their effect.
    fn shut(&mut self, most: usize, window: Duration, long: Duration, now: Duration) -> bool {
        let shuts = self.shut_for(now).is_none() && self.within(window, now) >= most;
        if shuts {
            self.shut = Some(now + long);
            self.times.clear();
        }
        shuts
    }
}

/// The defence. Its tables are bounded; what was quiet for longest is forgotten for what is new. To push a locked name out
/// takes more tries within half an hour than passwords can be hashed in it.
#[derive(Debug, Default)]
pub struct SignInDefence {
    delay: SignInDelay,
    names: Recent<NameHash, Failures, NAMES_MAX>,
    places: Recent<Place, Failures, PLACES_MAX>,
    /// Until when a name is known at a place.
    known: Recent<Trier, Duration, KNOWN_MAX>,
    proofs: ProofOfWork,
    difficulty: Difficulty,
}

impl SignInDefence {
    /// Begins a try, which has [`failed`](Self::failed), [`succeeded`](Self::succeeded) or was
    /// [`withdrawn`](Self::withdrawn) afterwards, also if nobody waits for its answer any more. Until then it counts as a failure of the name, so tries side by side gain nothing.
    ///
    /// # Errors
    /// It is not looked at; see [`Turned`].
    pub fn begin(
        &mut self,
        trier: Trier,
        proof: Option<&Proof>,
        now: Duration,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Turned> {
        if let Some(rest) = self.blocked(trier.place, now) {
            return Err(Turned::Blocked(rest));
        }
        let lock = self.locked(trier.name, now);
        if let Some(rest) = lock.filter(|_| !self.is_known(trier, now)) {
            return Err(Turned::Wait(rest));
        }
        if let Some(rest) = self.delay.wait(trier, now) {
            return Err(Turned::Wait(rest));
        }
        let this_one = self.delay.failures(trier, now).saturating_add(1);
        if this_one >= PROVEN_SIGN_IN && !self.is_proven(proof, trier.place, now) {
            let bits = self.difficulty.bits(this_one.into(), PROVEN_SIGN_IN.into());
            return Err(Turned::Prove(self.proofs.issue(trier.place, Purpose::SignIn, bits, now, rng)));
        }
        self.delay.begin(trier, now);
        // While it is locked only those who are known there get here, and the lock needs no more failures.
        if lock.is_none() {
            self.forget(now);
            self.names.touch(trier.name, now).count(NAME_WINDOW, NAME_FAILURES, now);
        }
        Ok(())
    }

    /// The try failed, whatever was wrong. `account` is the one of that name, if there is one.
    pub fn failed(&mut self, trier: Trier, account: Option<&OperatorId>, now: Duration, out: &mut Vec<Observation>) {
        self.delay.failed(trier, now);
        let account = account.cloned();
        out.push(Observation::SignInFailed { account: account.clone(), place: trier.place });
        let name = self.names.get_mut(&trier.name);
        if name.is_some_and(|name| name.shut(NAME_FAILURES, NAME_WINDOW, NAME_LOCK, now)) {
            out.push(Observation::NameLocked { account });
        }
        self.forget(now);
        let place = self.places.touch(trier.place, now);
        place.count(PLACE_WINDOW, PLACE_FAILURES, now);
        if place.shut(PLACE_FAILURES, PLACE_WINDOW, PLACE_BLOCK, now) {
            out.push(Observation::PlaceBlocked { place: trier.place });
        }
    }

    /// The try succeeded: it was no failure, those before it are forgotten, and for thirty days the name is known there.
    pub fn succeeded(&mut self, trier: Trier, now: Duration) {
        self.delay.succeeded(trier);
        if let Some(name) = self.names.get_mut(&trier.name) {
            name.times.pop_back();
        }
        *self.known.touch(trier, now) = now + KNOWN_FOR;
    }

    /// The try was none: it could not be looked at, or what was typed is right and only something is missing, or the
    /// account may not be used from there. What failed before it still counts.
    pub fn withdrawn(&mut self, trier: Trier) {
        self.delay.withdraw(trier);
        if let Some(name) = self.names.get_mut(&trier.name) {
            name.times.pop_back();
        }
    }

    /// Restores, from the log, that the name was signed in from there so long `ago`. To be called in the order of the log,
    /// since the first ones are the first to be forgotten.
    pub fn was_signed_in(&mut self, trier: Trier, ago: Duration, now: Duration) {
        if let Some(rest) = KNOWN_FOR.checked_sub(ago) {
            *self.known.touch(trier, now) = now + rest;
        }
    }

    /// Unlocks a name and forgets its failures everywhere. Says whether there was anything to forget.
    pub fn unlock(&mut self, name: NameHash) -> bool {
        let forgiven = self.delay.forgive(name);
        self.names.remove(&name).is_some() || forgiven
    }

    /// Unblocks a place and forgets its failures. Says whether there was anything to forget.
    pub fn unblock(&mut self, place: Place) -> bool {
        self.places.remove(&place).is_some()
    }

    /// For how long a name is still locked. Its tries that are under way count as failures.
    #[must_use]
    pub fn locked(&self, name: NameHash, now: Duration) -> Option<Duration> {
        let failures = self.names.get(&name)?;
        let full = || (failures.within(NAME_WINDOW, now) >= NAME_FAILURES).then_some(NAME_LOCK);
        failures.shut_for(now).or_else(full)
    }

    /// For how long a place is still blocked.
    #[must_use]
    pub fn blocked(&self, place: Place, now: Duration) -> Option<Duration> {
        self.places.get(&place)?.shut_for(now)
    }

    fn is_known(&self, trier: Trier, now: Duration) -> bool {
        self.known.get(&trier).is_some_and(|until| *until > now)
    }

    fn is_proven(&mut self, proof: Option<&Proof>, place: Place, now: Duration) -> bool {
        proof.is_some_and(|proof| self.proofs.redeem(proof, place, Purpose::SignIn, now).is_ok())
    }

    /// Forgets what can't matter any more.
    fn forget(&mut self, now: Duration) {
        if let Some(before) = now.checked_sub(NAME_WINDOW.max(NAME_LOCK)) {
            self.names.forget(before);
        }
        if let Some(before) = now.checked_sub(PLACE_WINDOW.max(PLACE_BLOCK)) {
            self.places.forget(before);
        }
    }
}

#[cfg(test)]
#[path = "sign_in_defence_tests.rs"]
mod tests;
