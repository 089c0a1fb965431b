//! The verifier: reads the stored rows once, in order and in constant memory, and names what was done to them.
//!
//! Claims first, rows after: what checkpoints, the witness and the stored head say of the log at some size is held until
//! the rows reach that size, and compared there. With no claims at all, an attacker who can write to the database can
//! write all of it anew; `docs/audit.md` says which claim finds what.

mod chain;
mod claims;
mod report;

use thiserror::Error;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::entry::{Entry, Scalar};
use crate::hash::{Hash, leaf_hash, personal_hash};
use crate::head::Head;
use crate::key::{LogPublicKey, WitnessPublicKey};
use crate::names::{Action, Field, Id};
use crate::witness::Standing;

use chain::{Chain, Taken};
pub use claims::MAX_CLAIMS;
use claims::{Claim, Claims};
use report::Faults;
pub use report::{Claimant, Fault, MAX_FAULTS, Report};

/// The action of a row which says that the rows up to a checkpoint were deleted because they were old enough.
pub const ROWS_DELETED: Action = Action::fixed("log.rows_deleted");
/// The detail of such a row that has the last deleted row's number.
pub const DELETED_THROUGH: Field = Field::fixed("through");

/// One stored row, as it stands in the database or in an export.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The row's number, from its own column.
    pub seq: u64,
    /// The line's bytes.
    pub line: &'a [u8],
    /// The link's bytes: 32 unless somebody changed them.
    pub link: &'a [u8],
    /// What stands beside the line to search by; none in an export.
    pub columns: Option<Columns<'a>>,
    /// The personal values that are still kept for this row; empty if they were deleted, or are not to be verified.
    pub personal: &'a [Personal<'a>],
}

/// Copies of what the line says. Whoever changes one hides the row from those who search, so they are verified too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns<'a> {
    /// [`Entry::at`].
    pub at: u64,
    /// [`Entry::account`].
    pub account: Option<&'a str>,
    /// [`Entry::action`].
    pub action: &'a str,
    /// [`Entry::about`].
    pub about: Option<&'a str>,
}

impl<'a> Columns<'a> {
    /// The columns of an entry: what is to be stored.
    #[must_use]
    pub fn of(entry: &'a Entry) -> Self {
        let (account, about) = (entry.account.as_ref().map(Id::as_str), entry.about.as_ref().map(Id::as_str));
        Self { at: entry.at, account, action: entry.action.as_str(), about }
    }
}

/// A personal value that is stored apart from its row's line.
#[derive(Clone, Copy)]
pub struct Personal<'a> {
    /// The field's name.
    pub field: &'a str,
    /// The salt's bytes: 32 unless somebody changed them.
    pub salt: &'a [u8],
    /// The value; `None` if it did not open under its key.
    pub value: Option<&'a str>,
}

/// Never the value: reports of errors must not hold personal data.
impl std::fmt::Debug for Personal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Personal({}, hidden)", self.field)
    }
}

/// A claim that can't be taken now. The caller's mistake, not the log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// The rows are past it already, so nothing can be compared any more.
    #[error("a claim about {size} rows came after row {at}")]
    Late {
        /// Rows that the claim is about.
        size: u64,
        /// The row that was read last.
        at: u64,
    },
    /// [`MAX_CLAIMS`] are waiting: feed the rows that they are about before further ones.
    #[error("{MAX_CLAIMS} claims are waiting for their rows")]
    Full,
}

/// A head that no checkpoint vouches for, so that nothing can begin with it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StartError {
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It was signed when the log stood elsewhere.
    #[error("the head that is kept with the checkpoint is not the one that was signed")]
    Differs,
}

/// Reads claims and rows; [`Self::finish`] gives the report.
#[derive(Debug)]
pub struct Verifier {
    log_keys: Vec<LogPublicKey>,
    witness_keys: Vec<WitnessPublicKey>,
    chain: Chain,
    claims: Claims,
    faults: Faults,
    report: Report,
    /// Whether a row says that those before the first one were deleted on schedule.
    announced: bool,
}

impl Verifier {
    /// A verifier for the log with these keys, the present and earlier ones, and the witnesses with those.
    #[must_use]
    pub fn new(log_keys: Vec<LogPublicKey>, witness_keys: Vec<WitnessPublicKey>) -> Self {
        Self::after(&Head::new(), log_keys, witness_keys)
    }

    /// A verifier for a log whose first rows were deleted, because they were old enough, up to a checkpoint: `head` is
    /// where the log stood there, and `note` the checkpoint, which vouches for it. That the rows are gone is no fault if
    /// a row of what is left says so ([`ROWS_DELETED`]); else it is [`Fault::Beheaded`].
    ///
    /// # Errors
    /// [`StartError`]: the head can't be trusted. Verify from the first row, then; what is missing is named.
    pub fn starting_after(
        head: &Head,
        note: &str,
        log_keys: Vec<LogPublicKey>,
        witness_keys: Vec<WitnessPublicKey>,
    ) -> Result<Self, StartError> {
        if !SignedCheckpoint::open(note, &log_keys)?.is_of(head) {
            return Err(StartError::Differs);
        }
        Ok(Self::after(head, log_keys, witness_keys))
    }

    fn after(head: &Head, log_keys: Vec<LogPublicKey>, witness_keys: Vec<WitnessPublicKey>) -> Self {
        let (chain, claims, faults) = (Chain::after(head), Claims::default(), Faults::default());
        let report = Report { deleted: head.size(), ..Report::default() };
        Self { log_keys, witness_keys, chain, claims, faults, report, announced: head.size() == 0 }
    }

    /// Takes one of the log's own checkpoints, which is kept as that of `size` rows. Pages of them may come between the
    /// rows, each before the rows that it is about.
    ///
    /// # Errors
    /// [`ClaimError`]: it came too late, or too many are waiting. (A checkpoint that does not verify is a fault.)
    pub fn checkpoint(&mut self, size: u64, note: &str) -> Result<(), ClaimError> {
        match SignedCheckpoint::open(note, &self.log_keys) {
            Ok(signed) if signed.checkpoint().size != size => {
                self.faults.push(Fault::CheckpointMisplaced { size, says: signed.checkpoint().size });
                Ok(())
            }
            Ok(signed) => self.claim(Claim::of(Claimant::Checkpoint, &signed)),
            Err(error) => {
                self.faults.push(Fault::BadCheckpoint { by: Claimant::Checkpoint, error });
                Ok(())
            }
        }
    }

    /// Takes what a witness says. Its signed checkpoint counts; the size and root beside it, which nobody signed,
    /// count where they go further.
    ///
    /// # Errors
    /// As [`Self::checkpoint`].
    pub fn witness(&mut self, standing: &Standing) -> Result<(), ClaimError> {
        let Some(note) = &standing.checkpoint else {
            return self.claim(Claim::unsigned(Claimant::Witness, standing.size, standing.root));
        };
        let signed = match self.cosigned(note) {
            Ok(signed) => signed,
            Err(error) => {
                self.faults.push(Fault::BadCheckpoint { by: Claimant::Witness, error });
                return Ok(());
            }
        };
        self.claim(Claim::of(Claimant::Witness, &signed))?;
        let checkpoint = signed.checkpoint();
        if (checkpoint.size, checkpoint.root) == (standing.size, standing.root) {
            return Ok(());
        }
        self.claim(Claim::unsigned(Claimant::Witness, standing.size, standing.root))
    }

    /// Takes note that the head that should be stored beside the rows is not there, or is none.
    pub fn no_head(&mut self) {
        self.faults.push(Fault::BadHead);
    }

    /// Takes the head that is stored beside the rows.
    ///
    /// # Errors
    /// As [`Self::checkpoint`].
    pub fn head(&mut self, head: &Head) -> Result<(), ClaimError> {
        self.claim(Claim { link: Some(head.link()), ..Claim::unsigned(Claimant::Head, head.size(), head.root()) })
    }

    /// Reads the next row.
    pub fn row(&mut self, row: Row<'_>) {
        self.report.rows += 1;
        let entry = Entry::parse(row.line);
        let says = entry.as_ref().ok().map(|entry| entry.seq);
        let link = Hash::try_from(row.link).ok();
        let taken = self.chain.take(row.seq, leaf_hash(row.line), link, says, &mut self.faults);
        match entry {
            Ok(entry) => self.read(&row, &entry, taken),
            // A line in doubt is named once it is clear what was changed.
            Err(error) if taken == Taken::InPlace => self.faults.push(Fault::Unreadable { seq: row.seq, error }),
            Err(_) => {}
        }
        if taken != Taken::Late {
            self.compare();
        }
    }

    /// The report: all rows have been read.
    #[must_use]
    pub fn finish(mut self) -> Report {
        self.chain.finish(&mut self.faults);
        if !self.announced {
            self.faults.push(Fault::Beheaded { last: self.report.deleted });
        }
        self.claims.finish(self.chain.position(), &mut self.faults);
        let mut report = self.report;
        report.size = self.chain.position();
        report.root = self.chain.root();
        report.link = self.chain.link();
        report.signed = self.claims.signed();
        report.witnessed = self.claims.witnessed();
        (report.faults, report.more_faults) = self.faults.into_sorted();
        report
    }

    fn cosigned(&self, note: &str) -> Result<SignedCheckpoint, CheckpointError> {
        let signed = SignedCheckpoint::open(note, &self.log_keys)?;
        for key in &self.witness_keys {
            if signed.cosigned_by(key)?.is_some() {
                return Ok(signed);
            }
        }
        Err(CheckpointError::Unsigned)
    }

    fn claim(&mut self, claim: Claim) -> Result<(), ClaimError> {
        let position = self.chain.position();
        if claim.size < self.report.deleted && self.report.rows == 0 {
            // About rows that are no longer there to compare.
            return Ok(());
        }
        if claim.size < position {
            return Err(ClaimError::Late { size: claim.size, at: position });
        }
        self.claims.hold(claim)?;
        self.compare();
        Ok(())
    }

    /// Holds the claims about the size that the rows have reached against the rows.
    fn compare(&mut self) {
        while let Some(claim) = self.claims.next(self.chain.position()) {
            let agrees = self.chain.agrees(&claim, &mut self.faults);
            self.claims.judge(&claim, agrees, &mut self.faults);
            self.report.claims += u64::from(agrees == Some(true));
            if self.claims.signed() == self.chain.position() {
                self.report.unsigned_since = None;
            }
        }
    }

    fn read(&mut self, row: &Row<'_>, entry: &Entry, taken: Taken) {
        if taken != Taken::Late {
            self.report.first_at.get_or_insert(entry.at);
            self.report.last_at = Some(entry.at);
            self.report.unsigned_since.get_or_insert(entry.at);
            self.announced |= entry.action == ROWS_DELETED
                && matches!(entry.detail.get(&DELETED_THROUGH), Some(Scalar::Number(through))
                    if u64::try_from(*through).is_ok_and(|through| through >= self.report.deleted));
        }
        if row.columns.is_some_and(|columns| columns != Columns::of(entry)) {
            self.faults.push(Fault::ColumnsAltered { seq: row.seq });
        }
        self.report.personal += entry.personal.len() as u64;
        for personal in row.personal {
            let stated = entry.personal.iter().find(|(name, _)| name.as_str() == personal.field).map(|(_, hash)| *hash);
            let salt: Option<&[u8; 32]> = personal.salt.try_into().ok();
            let (seq, field) = (row.seq, || personal.field.to_owned());
            let fault = match (stated, salt.zip(personal.value)) {
                (None, _) => Fault::PersonalUnknown { seq, field: field() },
                (Some(_), None) => Fault::PersonalUnreadable { seq, field: field() },
                (Some(stated), Some((salt, value))) if personal_hash(salt, personal.field, value) == stated => {
                    self.report.personal_verified += 1;
                    continue;
                }
                (Some(_), Some(_)) => Fault::PersonalAltered { seq, field: field() },
            };
            self.faults.push(fault);
        }
    }
}

#[cfg(test)]
mod tests;
