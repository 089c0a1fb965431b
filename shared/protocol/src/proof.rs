//! Proof of work: what somebody has to compute before the broker listens again, when there were many wrong tries.
//!
//! A challenge is solved by a counter for which SHA-256(`beside1 proof` ‖ the challenge's 57 bytes ‖ counter u64
//! big-endian) begins with as many zero bits as the challenge says (hashcash: Adam Back, "Hashcash – A Denial of Service
//! Counter-Measure", 2002). One bit more is twice the work. The broker keeps nothing of a challenge that it gave out: the
//! MAC in it says that it is the broker's own, and for what.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::wire::WireError;

/// The most zero bits that a challenge may ask for: a minute of an old machine. More is not a challenge, so that nobody
/// can make an app compute for ever.
pub const PROOF_BITS_MAX: u8 = 24;

const LABEL: &[u8] = b"beside1 proof";
/// Expiry, bits, nonce, MAC.
const LENGTH: usize = 8 + 1 + 16 + 32;

/// What has to be computed. Base64url of its bytes on the wire, opaque to whoever solves it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// When it expires, in milliseconds on a clock that only the broker knows.
    pub expires_ms: u64,
    /// How many zero bits are asked for, at most [`PROOF_BITS_MAX`].
    pub bits: u8,
    /// Makes it another one than all others.
    pub nonce: [u8; 16],
    /// Only the broker can make it.
    pub mac: [u8; 32],
}

impl Challenge {
    /// The bytes that are hashed: expiry u64 big-endian ‖ bits u8 ‖ nonce ‖ MAC.
    fn bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let (expires, rest) = bytes.split_at_mut(8);
        expires.copy_from_slice(&self.expires_ms.to_be_bytes());
        rest[0] = self.bits;
        rest[1..17].copy_from_slice(&self.nonce);
        rest[17..].copy_from_slice(&self.mac);
        bytes
    }

    /// The hash of everything before the counter: most of the work of one try, done once.
    fn begun(&self) -> Sha256 {
        Sha256::new_with_prefix(LABEL).chain_update(self.bytes())
    }

    fn is_met_by(&self, begun: &Sha256, counter: u64) -> bool {
        let hash: [u8; 32] = begun.clone().chain_update(counter.to_be_bytes()).finalize().into();
        let [first, second, third, fourth, ..] = hash;
        u32::from_be_bytes([first, second, third, fourth]).leading_zeros() >= u32::from(self.bits)
    }
}

impl FromStr for Challenge {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        let mut bytes = [0; LENGTH];
        let written = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| WireError::Value("challenge"))?;
        if written != LENGTH {
            return Err(WireError::Short);
        }
        let (mut expires, mut nonce, mut mac) = ([0; 8], [0; 16], [0; 32]);
        expires.copy_from_slice(&bytes[..8]);
        nonce.copy_from_slice(&bytes[9..25]);
        mac.copy_from_slice(&bytes[25..]);
        let bits = bytes[8];
        if bits > PROOF_BITS_MAX {
            return Err(WireError::Value("challenge"));
        }
        Ok(Self { expires_ms: u64::from_be_bytes(expires), bits, nonce, mac })
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.bytes()))
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenge({} bits)", self.bits)
    }
}

impl Serialize for Challenge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Challenge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A challenge and the counter that somebody found for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The challenge.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub challenge: Challenge,
    /// The counter.
    pub counter: u64,
}

impl Proof {
    /// Whether the counter meets the challenge. Whose challenge it is, and whether it still counts, only the broker can
    /// say.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.challenge.is_met_by(&self.challenge.begun(), self.counter)
    }
}

/// Tries `tries` counters from `start` on. On average it takes 2^bits of them; whoever solves does so in slices, to be
/// able to stop.
#[must_use]
pub fn solve(challenge: &Challenge, start: u64, tries: u64) -> Option<Proof> {
    let begun = challenge.begun();
    (start..start.saturating_add(tries))
        .find(|counter| challenge.is_met_by(&begun, *counter))
        .map(|counter| Proof { challenge: *challenge, counter })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: Challenge = Challenge { expires_ms: 120_000, bits: 10, nonce: [7; 16], mac: [9; 32] };

    #[test]
    fn a_solution_holds_and_its_neighbours_do_not() {
        let proof = solve(&CHALLENGE, 0, 1 << 16).unwrap();
        assert!(proof.holds());
        assert_eq!(solve(&CHALLENGE, 0, proof.counter), None, "it was the first");
        assert_eq!(solve(&CHALLENGE, proof.counter, 1), Some(proof));
        assert!(!Proof { counter: proof.counter - 1, ..proof }.holds());
        let other = Challenge { nonce: [8; 16], ..CHALLENGE };
        assert!(!Proof { challenge: other, ..proof }.holds());
        let harder = Challenge { bits: PROOF_BITS_MAX, ..CHALLENGE };
        assert!(!Proof { challenge: harder, ..proof }.holds());
        assert_eq!(solve(&CHALLENGE, u64::MAX, 9), None, "the end of all counters");
    }

    /// Computed a second time by another program (Python's hashlib), so that the layout can't drift.
    #[test]
    fn the_layout_is_the_one_of_the_documentation() {
        let text = "AAAAAAAB1MAKBwcHBwcHBwcHBwcHBwcHBwkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ";
        assert_eq!(CHALLENGE.to_string(), text);
        assert_eq!(text.parse(), Ok(CHALLENGE));
        let proof = solve(&CHALLENGE, 0, 1 << 16).unwrap();
        assert_eq!(serde_json::to_string(&proof).unwrap(), format!(r#"{{"challenge":"{text}","counter":711}}"#));
    }

    #[test]
    fn a_challenge_that_would_never_end_is_none() {
        for (bits, good) in [(0, true), (PROOF_BITS_MAX, true), (PROOF_BITS_MAX + 1, false), (255, false)] {
            let text = Challenge { bits, ..CHALLENGE }.to_string();
            assert_eq!(text.parse::<Challenge>().is_ok(), good, "{bits}");
        }
        for bad in ["", "AAAA", "%", &CHALLENGE.to_string()[1..], &format!("{CHALLENGE}AAAA")] {
            assert!(bad.parse::<Challenge>().is_err(), "{bad}");
        }
    }
}
