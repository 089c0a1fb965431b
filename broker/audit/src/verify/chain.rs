//! Holds row after row against the chain, and tells what a mismatch means.
//!
//! A line, its link and the link before it don't fit: any of the three may have been changed. The row after decides. If
//! it continues from the stored link, that link is the true one and the line was edited; if it continues from the link
//! that the line gives, the stored link is the damaged one. So a row stays in doubt until the next.

use crate::hash::{Hash, link_hash};
use crate::head::Head;
use crate::tree::Frontier;

use super::claims::Claim;
use super::report::{Fault, Faults, MAX_FAULTS};

/// How a row was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It continues the chain, or the chain goes on from it after a gap.
    InPlace,
    /// It does not fit; what that means shows later.
    InDoubt,
    /// Its place is behind; the chain is as it was.
    Late,
}

#[derive(Debug)]
struct Doubt {
    seq: u64,
    /// The link that the row should have, if its line is the true one.
    computed: Hash,
    /// The row that the line says it is, if that is another.
    says: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Chain {
    /// The last row's number.
    position: u64,
    /// Its link, as stored or as put right; unknown where rows are missing.
    link: Option<Hash>,
    /// The tree so far; none once a leaf is not known.
    tree: Option<Frontier>,
    doubt: Option<Doubt>,
    /// Whether the last row's line says that it is another row.
    misplaced: bool,
    /// The link of a second row with the last row's number: perhaps that one is the true one.
    repeated: Option<Hash>,
    /// Rows that were missing when later ones came, first and last. They are faults unless they come late.
    gaps: Vec<(u64, u64)>,
}

impl Chain {
    /// The chain up to and with the head, which the caller trusts.
    pub(super) fn after(head: &Head) -> Self {
        let (position, link, tree) = (head.size(), Some(head.link()), Some(head.frontier().clone()));
        Self { position, link, tree, doubt: None, misplaced: false, repeated: None, gaps: Vec::new() }
    }

    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    pub(super) const fn link(&self) -> Option<Hash> {
        self.link
    }

    pub(super) fn root(&self) -> Option<Hash> {
        self.tree.as_ref().map(Frontier::root)
    }

    /// Takes the next row. `stored` is its link, unless that is no hash; `says` is the number in its line, if it has one.
    pub(super) fn take(
        &mut self,
        seq: u64,
        leaf: Hash,
        stored: Option<Hash>,
        says: Option<u64>,
        faults: &mut Faults,
    ) -> Taken {
        if seq <= self.position {
            self.take_late(seq, stored, faults);
            return Taken::Late;
        }
        if seq - self.position > 1 {
            self.settle(None, faults);
            self.skip_to(seq, faults);
        }
        self.position = seq;
        if let Some(tree) = &mut self.tree {
            tree.push(leaf);
        }
        let says = says.filter(|says| *says != seq);
        let taken = self.follow(seq, leaf, stored, says, faults);
        self.misplaced = says.is_some();
        self.repeated = None;
        taken
    }

    /// The rows before `seq` are missing.
    fn skip_to(&mut self, seq: u64, faults: &mut Faults) {
        let (first, last) = (self.position + 1, seq - 1);
        if self.gaps.len() < MAX_FAULTS {
            self.gaps.push((first, last));
        } else {
            faults.push(Fault::Deleted { first, last });
        }
        (self.link, self.tree) = (None, None);
    }

    fn follow(&mut self, seq: u64, leaf: Hash, stored: Option<Hash>, says: Option<u64>, faults: &mut Faults) -> Taken {
        let given = |previous: Hash| link_hash(&previous, &leaf);
        let fits = |previous: Option<Hash>| previous.is_some_and(|previous| Some(given(previous)) == stored);
        let from_computed = fits(self.doubt.as_ref().map(|doubt| doubt.computed));
        let from_repeated = fits(self.repeated);
        let from_stored = from_repeated || fits(self.link);
        if from_repeated {
            // The row that was taken in its place is not the chained one.
            self.tree = None;
        }
        match (from_computed, from_stored) {
            (true, _) => self.settle(Some(Next::FromComputed), faults),
            (false, true) if says.is_none() => self.settle(Some(Next::FromStored), faults),
            (false, _) => self.settle(None, faults),
        }
        let before = std::mem::replace(&mut self.link, stored);
        if stored.is_none() {
            // No hash at all: that needs no second opinion.
            faults.push(Fault::BrokenLink { seq });
            self.link = before.map(given);
        } else if let Some(before) = before.filter(|_| !(from_computed || from_stored || self.misplaced)) {
            // A link that is unknown, or that belongs to another place, says nothing against the row.
            self.doubt = Some(Doubt { seq, computed: given(before), says });
            return Taken::InDoubt;
        }
        if let Some(says) = says {
            self.misplace(seq, says, faults);
        }
        Taken::InPlace
    }

    /// Names what the row in doubt has, now that it is known what the next one continues from.
    fn settle(&mut self, next: Option<Next>, faults: &mut Faults) {
        let Some(doubt) = self.doubt.take() else { return };
        match (next, doubt.says) {
            (Some(Next::FromComputed), _) => faults.push(Fault::BrokenLink { seq: doubt.seq }),
            (None, Some(says)) => self.misplace(doubt.seq, says, faults),
            (Some(Next::FromStored), _) | (None, None) => {
                self.tree = None;
                faults.push(Fault::Edited { seq: doubt.seq });
            }
        }
    }

    fn misplace(&mut self, seq: u64, says: u64, faults: &mut Faults) {
        self.tree = None;
        faults.push(Fault::Misplaced { seq, says });
    }

    fn take_late(&mut self, seq: u64, stored: Option<Hash>, faults: &mut Faults) {
        let gap = self.gaps.iter().position(|(first, last)| (*first..=*last).contains(&seq));
        let Some((first, last)) = gap.map(|gap| self.gaps.swap_remove(gap)) else {
            if seq == self.position {
                self.repeated = stored;
            }
            return faults.push(if seq == 0 { Fault::OutOfOrder { seq } } else { Fault::Repeated { seq } });
        };
        self.gaps.extend([(first, seq - 1), (seq + 1, last)].into_iter().filter(|(first, last)| first <= last));
        faults.push(Fault::OutOfOrder { seq });
    }

    /// Whether the rows so far are what the claim says; `None` if that can't be told. The claim is about as many rows.
    pub(super) fn agrees(&mut self, claim: &Claim, faults: &mut Faults) -> Option<bool> {
        if let (Some(doubt), Some(claimed)) = (&self.doubt, claim.link) {
            // A claim knows the true link, so it tells as much as the next row would.
            if claimed == doubt.computed {
                self.settle(Some(Next::FromComputed), faults);
                (self.link, self.misplaced) = (Some(claimed), false);
            } else if self.link == Some(claimed) {
                self.settle(Some(Next::FromStored), faults);
                self.misplaced = false;
            }
        }
        if self.misplaced {
            return None;
        }
        let link = claim.link.and_then(|claimed| self.link.map(|link| link == claimed));
        match &self.tree {
            Some(tree) => Some(tree.root() == claim.root && link.unwrap_or(true)),
            None => link,
        }
    }

    /// All rows were read.
    pub(super) fn finish(&mut self, faults: &mut Faults) {
        self.settle(None, faults);
        for (first, last) in self.gaps.drain(..) {
            faults.push(Fault::Deleted { first, last });
        }
    }
}

/// What the row after one in doubt continues from.
#[derive(Debug, Clone, Copy)]
enum Next {
    FromStored,
    FromComputed,
}
