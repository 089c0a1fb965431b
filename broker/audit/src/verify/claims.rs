//! What others say of the log at some size, waiting for the rows to get there.

use std::collections::BTreeMap;

use crate::checkpoint::SignedCheckpoint;
use crate::hash::Hash;

use super::ClaimError;
use super::report::{Claimant, Fault, Faults};

/// Claims that wait for their rows, at most. Further ones are refused until rows have come.
pub const MAX_CLAIMS: usize = 65_536;

#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) by: Claimant,
    pub(super) signed: bool,
    pub(super) size: u64,
    pub(super) root: Hash,
    /// Not everyone who knows the root says the link too.
    pub(super) link: Option<Hash>,
}

impl Claim {
    pub(super) fn of(by: Claimant, signed: &SignedCheckpoint) -> Self {
        let checkpoint = signed.checkpoint();
        Self { by, signed: true, size: checkpoint.size, root: checkpoint.root, link: Some(checkpoint.link) }
    }

    pub(super) const fn unsigned(by: Claimant, size: u64, root: Hash) -> Self {
        Self { by, signed: false, size, root, link: None }
    }
}

/// How the rows compare with what one claimant says.
#[derive(Debug, Default)]
struct Record {
    /// The largest size that is claimed.
    claimed: u64,
    /// The largest size at which the rows agree.
    agreed: u64,
    /// The same, signed.
    signed: u64,
    /// Whether a difference was found: all that is larger differs too, and says nothing new.
    differs: bool,
}

#[derive(Debug, Default)]
pub(super) struct Claims {
    waiting: BTreeMap<u64, Vec<Claim>>,
    count: usize,
    checkpoints: Record,
    witness: Record,
    head: Record,
}

impl Claims {
    pub(super) fn hold(&mut self, claim: Claim) -> Result<(), ClaimError> {
        if self.count == MAX_CLAIMS {
            return Err(ClaimError::Full);
        }
        self.count += 1;
        let record = self.record(claim.by);
        record.claimed = record.claimed.max(claim.size);
        self.waiting.entry(claim.size).or_default().push(claim);
        Ok(())
    }

    /// A claim about exactly so many rows. Those about fewer are dropped: the row at their end is missing.
    pub(super) fn next(&mut self, position: u64) -> Option<Claim> {
        loop {
            let mut first = self.waiting.first_entry().filter(|first| *first.key() <= position)?;
            let Some(claim) = first.get_mut().pop() else {
                first.remove();
                continue;
            };
            self.count -= 1;
            if claim.size == position {
                return Some(claim);
            }
        }
    }

    /// Notes how the rows compare with a claim; `None` if they can't be compared.
    pub(super) fn judge(&mut self, claim: &Claim, agrees: Option<bool>, faults: &mut Faults) {
        let record = self.record(claim.by);
        match agrees {
            Some(true) => {
                record.agreed = claim.size;
                if claim.signed {
                    record.signed = claim.size;
                }
            }
            Some(false) if !record.differs => {
                record.differs = true;
                faults.push(Fault::Rewritten { by: claim.by, agreed: record.agreed, size: claim.size });
            }
            Some(false) | None => {}
        }
    }

    /// Rows that a checkpoint covers, with or without a cosignature.
    pub(super) fn signed(&self) -> u64 {
        self.checkpoints.signed.max(self.witness.signed)
    }

    /// Rows that a cosignature covers.
    pub(super) const fn witnessed(&self) -> u64 {
        self.witness.signed
    }

    /// All rows were read, up to `position`.
    pub(super) fn finish(&self, position: u64, faults: &mut Faults) {
        let records = [
            (Claimant::Checkpoint, &self.checkpoints),
            (Claimant::Witness, &self.witness),
            (Claimant::Head, &self.head),
        ];
        for (by, record) in records {
            if record.claimed > position {
                faults.push(Fault::CutTail { by, rows: position, claimed: record.claimed });
            }
        }
    }

    const fn record(&mut self, by: Claimant) -> &mut Record {
        match by {
            Claimant::Checkpoint => &mut self.checkpoints,
            Claimant::Witness => &mut self.witness,
            Claimant::Head => &mut self.head,
        }
    }
}
