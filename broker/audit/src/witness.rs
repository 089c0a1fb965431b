//! The witness: a copy of the log on a second host, which cosigns only what continues it.
//!
//! Whoever holds the log's database and even its checkpoint key can write another history and sign it; the witness
//! still has the first one and says no. It does no I/O: the caller appends the lines that it accepts to a file, durably,
//! and only then commits.

mod recovery;
mod wire;

use std::collections::VecDeque;

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::entry::{Entry, MAX_LINE};
use crate::hash::{Hash, leaf_hash};
use crate::head::Head;
use crate::key::{LogPublicKey, WitnessKey};

pub use recovery::{Recovered, Recovery, RecoveryError};
pub use wire::{Answer, MAX_OFFER_BYTES, MAX_OFFER_LINES, Offer, Refusal, Standing};

/// Leaves that are remembered, so that rows which are offered once more can be held against the copy. Offers that
/// begin earlier are told where to begin.
const REMEMBERED: usize = 8_192;

/// The witness's state: where its copy stands, and what it cosigned last.
#[derive(Debug)]
pub struct Witness {
    log_keys: Vec<LogPublicKey>,
    key: WitnessKey,
    head: Head,
    /// The hashes of the newest leaves, the newest last.
    leaves: VecDeque<Hash>,
    newest: Option<SignedCheckpoint>,
}

impl Witness {
    /// A witness without a copy, for the log with these keys. Only for its very first start: later ones go through
    /// [`Recovery`], or the witness would believe whatever history it is offered first.
    #[must_use]
    pub fn new(log_keys: Vec<LogPublicKey>, key: WitnessKey) -> Self {
        Self { log_keys, key, head: Head::new(), leaves: VecDeque::new(), newest: None }
    }

    /// Where the witness stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let checkpoint = self.newest.as_ref().map(SignedCheckpoint::to_note);
        Standing { size: self.head.size(), root: self.head.root(), checkpoint }
    }

    /// Judges an offer. Nothing changes before [`Accepted::commit`].
    ///
    /// Rows that the copy has already may be offered once more if they are the same; so may no rows at all, with a
    /// checkpoint of what is there.
    ///
    /// # Errors
    /// [`Refusal`]: says what is wrong with the offer. The caller logs it, and raises an alarm if
    /// [`Refusal::is_alarm`].
    pub fn offer<'a>(&'a mut self, offer: &'a Offer) -> Result<Accepted<'a>, Refusal> {
        offer.check_size()?;
        let checkpoint = SignedCheckpoint::open(&offer.checkpoint, &self.log_keys)
            .map_err(|error| Refusal::Forged { reason: error.to_string() })?;
        let fresh = self.judge_reach(offer, checkpoint.checkpoint())?;
        self.judge_overlap(offer)?;
        let grown = self.grow(fresh)?;
        let Checkpoint { size, root, link, .. } = *checkpoint.checkpoint();
        if (grown.head.root(), grown.head.link()) != (root, link) {
            return Err(Refusal::Rewritten { seq: size });
        }
        Ok(Accepted { witness: self, fresh, grown, checkpoint })
    }

    /// The lines that the copy doesn't have, if the offer leads from where the copy stands to the checkpoint.
    fn judge_reach<'a>(&self, offer: &'a Offer, checkpoint: &Checkpoint) -> Result<&'a [String], Refusal> {
        let size = self.head.size();
        if checkpoint.size < size {
            return Err(Refusal::Shrunk { size, offered: checkpoint.size });
        }
        let last = if offer.lines.is_empty() { size } else { offer.last_seq().ok_or(Refusal::Malformed { seq: 0 })? };
        if last > checkpoint.size {
            return Err(Refusal::Surplus { seq: checkpoint.size + 1 });
        }
        // Rows are missing before the offer's first, or after its last.
        if last.max(size) < checkpoint.size || (!offer.lines.is_empty() && offer.first_seq > size + 1) {
            return Err(Refusal::Behind { expected: size + 1 });
        }
        let known = usize::try_from((size + 1).saturating_sub(offer.first_seq)).unwrap_or(usize::MAX);
        Ok(offer.lines.get(known..).unwrap_or_default())
    }

    /// Rows that the copy has already must be the same.
    fn judge_overlap(&self, offer: &Offer) -> Result<(), Refusal> {
        let size = self.head.size();
        let oldest = size + 1 - self.leaves.len() as u64;
        if !offer.lines.is_empty() && offer.first_seq < oldest {
            return Err(Refusal::Behind { expected: size + 1 });
        }
        let offered = (offer.first_seq..=size).zip(&offer.lines);
        for (seq, line) in offered {
            let own = usize::try_from(seq - oldest).ok().and_then(|index| self.leaves.get(index));
            if own != Some(&leaf_hash(line.as_bytes())) {
                return Err(Refusal::Rewritten { seq });
            }
        }
        Ok(())
    }

    /// The copy with these lines, each of which must be the entry of its place.
    fn grow(&self, lines: &[String]) -> Result<Grown, Refusal> {
        let mut grown = Grown { head: self.head.clone(), leaves: Vec::with_capacity(lines.len()) };
        for line in lines {
            let seq = grown.head.next_seq();
            if !Entry::parse(line.as_bytes()).is_ok_and(|entry| entry.seq == seq) {
                return Err(Refusal::Malformed { seq });
            }
            let leaf = leaf_hash(line.as_bytes());
            grown.head.append_leaf(leaf);
            grown.leaves.push(leaf);
        }
        Ok(grown)
    }

    fn remember(&mut self, leaves: impl IntoIterator<Item = Hash>) {
        self.leaves.extend(leaves);
        let forgotten = self.leaves.len().saturating_sub(REMEMBERED);
        self.leaves.drain(..forgotten);
    }
}

/// The copy as it will be.
#[derive(Debug)]
struct Grown {
    head: Head,
    leaves: Vec<Hash>,
}

/// An offer that continues the copy. Dropped without [`Self::commit`], it leaves the witness as it was.
#[derive(Debug)]
pub struct Accepted<'a> {
    witness: &'a mut Witness,
    fresh: &'a [String],
    grown: Grown,
    checkpoint: SignedCheckpoint,
}

impl Accepted<'_> {
    /// What to append to the copy's file: the new lines, each with its line feed. Empty if there are none.
    #[must_use]
    pub fn to_append(&self) -> String {
        let mut text = String::with_capacity(self.fresh.len() * 256);
        for line in self.fresh {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Cosigns the checkpoint and answers: the lines are safely in the file. The standing's checkpoint is to be stored
    /// before it is sent; after a loss between the two, [`Recovery`] goes on from the lines.
    pub fn commit(self, now: u64) -> Standing {
        let Self { witness, grown, mut checkpoint, .. } = self;
        checkpoint.cosign(&witness.key, now);
        witness.head = grown.head;
        witness.remember(grown.leaves);
        witness.newest = Some(checkpoint);
        witness.standing()
    }
}

#[cfg(test)]
mod tests;
