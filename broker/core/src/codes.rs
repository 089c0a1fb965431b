//! Access codes and their states: issued → held → spent.
//!
//! A held code is a value, [`HeldCode`], that exactly one attempt owns and gives back by [`Codes::release`] or
//! [`Codes::spend`]: a code can't serve two sessions because the value can't be had twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use beside_protocol::ids::AccessCode;
use beside_protocol::limits::{CODE_LIFE, TRIES_PER_CODE};
use rand_core::CryptoRng;

use crate::limits::{CODE_DRAWS, CODE_REST, KNOCKS_PER_CODE, RESTING_CODES_MAX};
use crate::sign_ins::SignInId;

/// All codes that are alive, and those that rest.
#[derive(Debug, Default)]
pub struct Codes {
    live: BTreeMap<AccessCode, Live>,
    /// The live codes of each sign-in that has any.
    owned: BTreeMap<SignInId, BTreeSet<AccessCode>>,
    resting: VecDeque<(Duration, AccessCode)>,
    asleep: BTreeSet<AccessCode>,
}

#[derive(Debug)]
struct Live {
    owner: SignInId,
    expires: Duration,
    knocks: u8,
    handshakes: u8,
    state: State,
}

impl Live {
    const fn worn_out(&self) -> bool {
        self.handshakes >= TRIES_PER_CODE || self.knocks >= KNOCKS_PER_CODE
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Issued,
    Held,
}

/// The right to the one attempt that a code serves at a time.
#[derive(Debug)]
pub struct HeldCode {
    code: AccessCode,
    owner: SignInId,
}

impl HeldCode {
    /// The code.
    #[must_use]
    pub const fn code(&self) -> &AccessCode {
        &self.code
    }

    /// Whose code it is.
    #[must_use]
    pub const fn owner(&self) -> SignInId {
        self.owner
    }
}

/// What became of a code that was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// It may be typed again.
    Issued,
    /// It had expired meanwhile, its sign-in was over, or it has had its handshakes or knocks.
    Spent,
}

impl Codes {
    /// Draws a fresh code for `owner`, alive for ten minutes from `now`; none if too many codes rest.
    pub fn issue(&mut self, owner: SignInId, now: Duration, rng: &mut impl CryptoRng) -> Option<AccessCode> {
        self.wake(now);
        if self.asleep.len() >= RESTING_CODES_MAX {
            return None;
        }
        // A u64 mod 10^6 is uneven by less than 2^-44.
        let fresh = (0..CODE_DRAWS)
            .map(|_| AccessCode::from_number(rng.next_u64()))
            .find(|code| !self.live.contains_key(code) && !self.asleep.contains(code))?;
        let live = Live { owner, expires: now + CODE_LIFE, knocks: 0, handshakes: 0, state: State::Issued };
        self.live.insert(fresh.clone(), live);
        self.owned.entry(owner).or_default().insert(fresh.clone());
        Some(fresh)
    }

    /// Holds an issued code for one attempt. Nothing for a code that is unknown, spent, expired or held.
    pub fn hold(&mut self, code: &AccessCode, now: Duration) -> Option<HeldCode> {
        let live = self.typable(code, now)?;
        live.state = State::Held;
        live.knocks = live.knocks.saturating_add(1);
        Some(HeldCode { code: code.clone(), owner: live.owner })
    }

    /// Whose issued code this is, without holding it.
    pub fn owner(&mut self, code: &AccessCode, now: Duration) -> Option<SignInId> {
        self.typable(code, now).map(|live| live.owner)
    }

    fn typable(&mut self, code: &AccessCode, now: Duration) -> Option<&mut Live> {
        self.live.get_mut(code).filter(|live| live.state == State::Issued && live.expires > now)
    }

    /// Which handshake the next one of this code is, from 1.
    #[must_use]
    pub fn attempt(&self, held: &HeldCode) -> u8 {
        self.live.get(&held.code).map_or(TRIES_PER_CODE, |live| live.handshakes.saturating_add(1))
    }

    /// Counts a handshake that the operator has begun by accepting.
    pub fn handshake(&mut self, held: &HeldCode) {
        if let Some(live) = self.live.get_mut(&held.code) {
            live.handshakes = live.handshakes.saturating_add(1);
        }
    }

    /// Gives a code back after an attempt that led to no session.
    pub fn release(&mut self, held: HeldCode, now: Duration) -> Released {
        match self.live.get_mut(&held.code) {
            Some(live) if live.expires > now && !live.worn_out() => {
                live.state = State::Issued;
                Released::Issued
            }
            Some(_) => {
                self.bury(held.code, now);
                Released::Spent
            }
            None => Released::Spent,
        }
    }

    /// Ends a code that has led to a session.
    pub fn spend(&mut self, held: HeldCode, now: Duration) {
        self.bury(held.code, now);
    }

    /// Ends the issued codes of `owner`; held ones stay.
    pub fn spend_issued(&mut self, owner: SignInId, now: Duration) {
        self.bury_of(owner, now, |_, live| live.state == State::Issued);
    }

    /// Ends the issued codes of `owner` but for the newest; held ones stay.
    pub fn spend_older(&mut self, owner: SignInId, now: Duration) {
        let newest = self.newest(owner, now);
        self.bury_of(owner, now, |code, live| live.state == State::Issued && newest.as_ref() != Some(code));
    }

    /// Ends every code of `owner`: a sign-in is over. What is held is spent when it comes back.
    pub fn spend_all(&mut self, owner: SignInId, now: Duration) {
        self.bury_of(owner, now, |_, _| true);
    }

    /// Ends the issued codes whose life is over. It doesn't touch held ones. Returns the owners of those with which nobody
    /// ever knocked.
    pub fn expire(&mut self, now: Duration) -> Vec<SignInId> {
        let over = |live: &Live| live.state == State::Issued && live.expires <= now;
        let dead = self.live.iter().filter(|(_, live)| over(live));
        let dead: Vec<_> = dead.map(|(code, live)| (code.clone(), live.owner, live.knocks)).collect();
        let in_vain = dead.iter().filter(|(_, _, knocks)| *knocks == 0).map(|(_, owner, _)| *owner).collect();
        for (code, _, _) in dead {
            self.bury(code, now);
        }
        self.wake(now);
        in_vain
    }

    /// The remaining life of a code that may be typed now.
    #[must_use]
    pub fn life(&self, code: &AccessCode, now: Duration) -> Option<Duration> {
        let live = self.live.get(code).filter(|live| live.state == State::Issued)?;
        live.expires.checked_sub(now).filter(|life| !life.is_zero())
    }

    /// The issued code of `owner` that lives longest.
    #[must_use]
    pub fn newest(&self, owner: SignInId, now: Duration) -> Option<AccessCode> {
        self.of(owner)
            .filter(|(_, live)| live.state == State::Issued && live.expires > now)
            .max_by_key(|(_, live)| live.expires)
            .map(|(code, _)| code.clone())
    }

    /// How many live codes `owner` has, held ones included.
    #[must_use]
    pub fn count(&self, owner: SignInId) -> usize {
        self.owned.get(&owner).map_or(0, BTreeSet::len)
    }

    /// How many codes live at all.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// The live codes of `owner`. Each tick asks it of every sign-in, so it must not walk them all.
    fn of(&self, owner: SignInId) -> impl Iterator<Item = (&AccessCode, &Live)> {
        let codes = self.owned.get(&owner).into_iter().flatten();
        codes.filter_map(|code| self.live.get(code).map(|live| (code, live)))
    }

    fn bury_of(&mut self, owner: SignInId, now: Duration, dies: impl Fn(&AccessCode, &Live) -> bool) {
        let dead: Vec<_> =
            self.of(owner).filter(|(code, live)| dies(code, live)).map(|(code, _)| code.clone()).collect();
        for code in dead {
            self.bury(code, now);
        }
    }

    fn bury(&mut self, code: AccessCode, now: Duration) {
        let Some(live) = self.live.remove(&code) else { return };
        if let Some(codes) = self.owned.get_mut(&live.owner) {
            codes.remove(&code);
            if codes.is_empty() {
                self.owned.remove(&live.owner);
            }
        }
        self.asleep.insert(code.clone());
        self.resting.push_back((now + CODE_REST, code));
    }

    fn wake(&mut self, now: Duration) {
        while let Some((until, _)) = self.resting.front()
            && *until <= now
            && let Some((_, code)) = self.resting.pop_front()
        {
            self.asleep.remove(&code);
        }
    }
}

#[cfg(test)]
#[path = "codes_tests.rs"]
mod tests;
