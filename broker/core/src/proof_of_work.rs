//! Proofs of work: gives out challenges and takes each solution once.
//!
//! Nothing is kept of a challenge that was given out. The MAC in it covers what it is for, and its key is drawn for one
//! run of the broker, so that no challenge of an older run, or of another broker, counts.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use beside_protocol::proof::{Challenge, Proof};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::address::Place;
use crate::limits::{PROOF_LIFE, SPENT_PROOFS_MAX};

/// What a proof lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Have a name and a password looked at.
    SignIn,
    /// Have an access code looked at.
    Knock,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::SignIn => 1,
            Self::Knock => 2,
        }
    }
}

/// How hard challenges are, in zero bits: each bit doubles the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difficulty {
    /// Under the least pressure that asks for a proof at all.
    pub least: u8,
    /// Under any pressure, at most [`PROOF_BITS_MAX`](beside_protocol::proof::PROOF_BITS_MAX).
    pub most: u8,
}

/// On average 0.03 seconds of one processor with SHA instructions and 0.1 without, and sixteen times that when codes or
/// names are pushed hardest.
impl Default for Difficulty {
    fn default() -> Self {
        Self { least: 18, most: 22 }
    }
}

impl Difficulty {
    /// The bits under a pressure of `events` where `budget` are bearable: one more for each doubling.
    #[must_use]
    pub fn bits(self, events: u64, budget: u64) -> u8 {
        let doublings = (events / budget.max(1)).checked_ilog2().unwrap_or(0);
        self.least.saturating_add(u8::try_from(doublings).unwrap_or(u8::MAX)).min(self.most)
    }
}

/// Why a proof does not count. A new challenge is the answer to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The challenge is not one of this run, not for this purpose, or not for this place.
    #[error("the challenge was not given out here for this")]
    Foreign,
    /// The counter does not solve it.
    #[error("the challenge is not solved")]
    Unsolved,
    /// It came too late.
    #[error("the challenge has expired")]
    Expired,
    /// It has counted before.
    #[error("the proof has been used")]
    Spent,
}

/// Challenges given out and proofs taken.
#[derive(Debug, Default)]
pub struct ProofOfWork {
    /// Drawn with the first challenge.
    secret: Option<Secret>,
    /// Expiry and nonce of the proofs that have counted, until they expire.
    spent: BTreeSet<(u64, [u8; 16])>,
    /// Challenges that expire at this moment or before have expired. It only moves ahead of the clock when
    /// `spent` is full: then the oldest challenges live shorter, so that none of them counts twice.
    expired: u64,
}

/// What no other run of the broker has.
struct Secret {
    key: Zeroizing<[u8; 32]>,
    /// Added to all times, so that a challenge doesn't say for how long the broker has been running.
    offset: Duration,
}

impl Secret {
    fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *key);
        Self { key, offset: Duration::from_millis(rng.next_u64() >> 20) }
    }

    /// The time as it stands in challenges.
    fn milliseconds(&self, time: Duration) -> u64 {
        u64::try_from((time + self.offset).as_millis()).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

fn mac(key: &[u8; 32], challenge: &Challenge, place: Place, purpose: Purpose) -> Hmac<Sha256> {
    // As a whole block, which is the same key (RFC 2104, section 2), the MAC can't fail to be made.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new(&(*block).into())
        .chain_update(b"beside1 challenge")
        .chain_update([purpose.byte()])
        .chain_update(place.octets())
        .chain_update(challenge.expires_ms.to_be_bytes())
        .chain_update([challenge.bits])
        .chain_update(challenge.nonce)
}

impl ProofOfWork {
    /// A challenge of so many bits for somebody at this place, good for two minutes.
    pub fn issue(
        &mut self,
        place: Place,
        purpose: Purpose,
        bits: u8,
        now: Duration,
        rng: &mut impl CryptoRng,
    ) -> Challenge {
        let secret = self.secret.get_or_insert_with(|| Secret::draw(rng));
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let expires_ms = secret.milliseconds(now + PROOF_LIFE);
        let unsigned = Challenge { expires_ms, bits, nonce, mac: [0; 32] };
        let mac = mac(&secret.key, &unsigned, place, purpose).finalize().into_bytes().into();
        Challenge { mac, ..unsigned }
    }

    /// Takes a proof, which then has counted.
    ///
    /// # Errors
    /// See [`ProofError`].
    pub fn redeem(&mut self, proof: &Proof, place: Place, purpose: Purpose, now: Duration) -> Result<(), ProofError> {
        let challenge = &proof.challenge;
        let secret = self.secret.as_ref().ok_or(ProofError::Foreign)?;
        mac(&secret.key, challenge, place, purpose).verify_slice(&challenge.mac).map_err(|_| ProofError::Foreign)?;
        let now = secret.milliseconds(now);
        self.expire(now);
        if challenge.expires_ms <= self.expired {
            return Err(ProofError::Expired);
        }
        if !proof.holds() {
            return Err(ProofError::Unsolved);
        }
        if !self.spent.insert((challenge.expires_ms, challenge.nonce)) {
            return Err(ProofError::Spent);
        }
        if self.spent.len() > SPENT_PROOFS_MAX
            && let Some((oldest, _)) = self.spent.first()
        {
            self.expire(*oldest);
        }
        Ok(())
    }

    fn expire(&mut self, until: u64) {
        self.expired = self.expired.max(until);
        while self.spent.first().is_some_and(|(expires, _)| *expires <= self.expired) {
            self.spent.pop_first();
        }
    }
}

#[cfg(test)]
#[path = "proof_of_work_tests.rs"]
mod tests;
