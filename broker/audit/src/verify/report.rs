//! What a verification found.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::checkpoint::{CheckpointError, checkpoint_is_due};
use crate::entry::LineError;
use crate::hash::Hash;

/// Faults that are named; further ones are only counted, except for those of the whole log: [`Fault::CutTail`] and
/// [`Fault::Rewritten`], of which there are at most two for each [`Claimant`], and [`Fault::Beheaded`].
pub const MAX_FAULTS: usize = 100;

/// Who says what the log was at some size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Claimant {
    /// One of the log's own checkpoints.
    Checkpoint,
    /// A witness.
    Witness,
    /// The head that is stored beside the rows: unsigned.
    Head,
}

impl fmt::Display for Claimant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Checkpoint => "a signed checkpoint",
            Self::Witness => "the witness",
            Self::Head => "the stored head",
        })
    }
}

/// One thing that is not as the log was written. Of several faults in neighbouring rows one may hide the next.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// The line is not the one that the chain was made with. (Or the row before was replaced together with its link.)
    #[error("row {seq} was edited: its line is not the one that was chained")]
    Edited {
        /// The row.
        seq: u64,
    },
    /// The line is the chained one, but the link beside it isn't its link.
    #[error("row {seq} has a wrong link; its line is in order")]
    BrokenLink {
        /// The row.
        seq: u64,
    },
    /// The line was chained, but is no entry in its canonical form: the broker can't have written it.
    #[error("row {seq} can't be read: {error}")]
    Unreadable {
        /// The row.
        seq: u64,
        /// Why.
        #[serde(serialize_with = "as_text")]
        error: LineError,
    },
    /// The line says that it is another row.
    #[error("row {seq} is in the wrong place: its line is that of row {says}")]
    Misplaced {
        /// Where it stands.
        seq: u64,
        /// What the line says.
        says: u64,
    },
    /// The row came after rows with larger numbers.
    #[error("row {seq} is out of order: later rows came before it")]
    OutOfOrder {
        /// The row.
        seq: u64,
    },
    /// There is a second row with this number.
    #[error("row {seq} is there more than once")]
    Repeated {
        /// The row.
        seq: u64,
    },
    /// Rows are missing.
    #[error("rows {first} to {last} were deleted")]
    Deleted {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// What stands beside the line to search by isn't what the line says.
    #[error("row {seq}: the columns to search by are not those of its line")]
    ColumnsAltered {
        /// The row.
        seq: u64,
    },
    /// A personal value that is not the one the line was written with.
    #[error("row {seq}: the personal value `{field}` was altered")]
    PersonalAltered {
        /// The row.
        seq: u64,
        /// The field.
        field: String,
    },
    /// A personal value that does not open under its key, or whose salt isn't one.
    #[error("row {seq}: the personal value `{field}` can't be opened")]
    PersonalUnreadable {
        /// The row.
        seq: u64,
        /// The field.
        field: String,
    },
    /// A personal value that the line says nothing of.
    #[error("row {seq}: the personal value `{field}` was added later")]
    PersonalUnknown {
        /// The row.
        seq: u64,
        /// The field.
        field: String,
    },
    /// There were more rows once.
    #[error("the log was cut: {by} has seen {claimed} rows, and {rows} are there")]
    CutTail {
        /// Who saw more.
        by: Claimant,
        /// The last row's number now.
        rows: u64,
        /// Rows that there were.
        claimed: u64,
    },
    /// The rows hang together, but they are not those that there were.
    #[error("the log was rewritten: {by} knows another history of the first {size} rows (the same one up to {agreed})")]
    Rewritten {
        /// Who knows another.
        by: Claimant,
        /// The largest size at which they agreed before; the change is after this row.
        agreed: u64,
        /// The smallest size at which they differ; the change is at this row or before.
        size: u64,
    },
    /// The first rows are missing, up to a checkpoint, and no row that is left says that they were old enough.
    #[error("rows 1 to {last} were deleted, and the log does not say that their time was over")]
    Beheaded {
        /// The last of them.
        last: u64,
    },
    /// The head that is stored beside the rows is missing or damaged.
    #[error("the stored head is missing or is none")]
    BadHead,
    /// A checkpoint is kept as that of another size.
    #[error("the checkpoint that is kept as that of {size} rows is that of {says}")]
    CheckpointMisplaced {
        /// As what it is kept.
        size: u64,
        /// What it says.
        says: u64,
    },
    /// A checkpoint that is not one of this log: forged, damaged, or another log's.
    #[error("{by}: {error}")]
    BadCheckpoint {
        /// Whence it comes.
        by: Claimant,
        /// What is wrong.
        #[serde(serialize_with = "as_text")]
        error: CheckpointError,
    },
}

impl Fault {
    /// The row that the fault is about, to sort by.
    const fn place(&self) -> u64 {
        match self {
            Self::Edited { seq }
            | Self::BrokenLink { seq }
            | Self::Unreadable { seq, .. }
            | Self::Misplaced { seq, .. }
            | Self::OutOfOrder { seq }
            | Self::Repeated { seq }
            | Self::Deleted { first: seq, .. }
            | Self::ColumnsAltered { seq }
            | Self::PersonalAltered { seq, .. }
            | Self::PersonalUnreadable { seq, .. }
            | Self::PersonalUnknown { seq, .. }
            | Self::CutTail { rows: seq, .. }
            | Self::Rewritten { size: seq, .. }
            | Self::Beheaded { last: seq }
            | Self::CheckpointMisplaced { size: seq, .. } => *seq,
            Self::BadCheckpoint { .. } | Self::BadHead => 0,
        }
    }
}

fn as_text<S: Serializer>(error: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}

/// What was read and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Rows that were read.
    pub rows: u64,
    /// Rows before the first one, which were deleted before.
    pub deleted: u64,
    /// The last row's number.
    pub size: u64,
    /// When the first and the last row were written (Unix ms).
    pub first_at: Option<u64>,
    /// See `first_at`.
    pub last_at: Option<u64>,
    /// The tree's root, if every row was there and in order: to compare by hand with what is kept elsewhere.
    pub root: Option<Hash>,
    /// The last row's link.
    pub link: Option<Hash>,
    /// Claims of checkpoints, witness and head that the rows agree with.
    pub claims: u64,
    /// Rows that a verified checkpoint covers.
    pub signed: u64,
    /// Rows that a verified cosignature of the witness covers.
    pub witnessed: u64,
    /// When the oldest row that no checkpoint covers was written (Unix ms).
    pub unsigned_since: Option<u64>,
    /// Personal fields that the lines name.
    pub personal: u64,
    /// Personal values that were given and are those. The others were deleted, or not given.
    pub personal_verified: u64,
    /// What was found, by row; bounded by [`MAX_FAULTS`].
    pub faults: Vec<Fault>,
    /// Faults beyond those.
    pub more_faults: u64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Rows that no checkpoint covers yet. A few are normal.
    #[must_use]
    pub const fn unsigned(&self) -> u64 {
        self.size.saturating_sub(self.signed)
    }

    /// Whether a checkpoint should have been there by now (Unix ms): the broker does not sign, or checkpoints were
    /// deleted.
    #[must_use]
    pub fn is_unsigned_too_long(&self, now: u64) -> bool {
        checkpoint_is_due(self.unsigned(), self.unsigned_since.unwrap_or(now), now)
    }
}

/// Faults as they are found.
#[derive(Debug, Default)]
pub(super) struct Faults {
    named: Vec<Fault>,
    more: u64,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        // What befell the whole log is always named: a claimant can say it once, and many edits must not bury it.
        let whole = matches!(fault, Fault::CutTail { .. } | Fault::Rewritten { .. } | Fault::Beheaded { .. });
        if self.named.len() < MAX_FAULTS || whole {
            self.named.push(fault);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn into_sorted(mut self) -> (Vec<Fault>, u64) {
        self.named.sort_by_key(Fault::place);
        (self.named, self.more)
    }
}
