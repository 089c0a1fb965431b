//! For tests: keys, lines and logs, and a random source that tells the same story for the same seed.

use std::collections::BTreeMap;
use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

use crate::{Action, Entry, Field, Head, Id, KeyName, LogKey, Via, WitnessKey};

/// SplitMix64. Not secret in the least.
#[derive(Debug, Clone)]
pub(crate) struct TestRandom(u64);

impl TestRandom {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl TryRng for TestRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(word ^ (word >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRandom {}

pub(crate) fn log_key() -> LogKey {
    LogKey::generate(KeyName::new("broker.example.com/audit").unwrap(), &mut TestRandom::new(1))
}

/// Another key with the same name.
pub(crate) fn other_log_key() -> LogKey {
    LogKey::generate(KeyName::new("broker.example.com/audit").unwrap(), &mut TestRandom::new(2))
}

pub(crate) fn witness_key(name: &str) -> WitnessKey {
    WitnessKey::generate(KeyName::new(name).unwrap(), &mut TestRandom::new(3))
}

pub(crate) fn head_of(lines: &[&str]) -> Head {
    let mut head = Head::new();
    for line in lines {
        head.append(line.as_bytes());
    }
    head
}

/// The line of row `seq`: one row a second; `word` makes it another history's.
pub(crate) fn line(seq: u64, word: &str) -> String {
    entry(seq, word).to_line().unwrap()
}

pub(crate) fn entry(seq: u64, word: &str) -> Entry {
    Entry {
        seq,
        at: 1_795_000_000_000 + seq * 1000,
        account: Some(Id::fixed("acc-1")),
        via: Via::SignIn,
        action: Action::fixed("session.ended"),
        about: Some(Id::new(format!("sid-{seq}")).unwrap()),
        detail: BTreeMap::from([(Field::fixed("word"), word.into())]),
        personal: BTreeMap::new(),
    }
}
