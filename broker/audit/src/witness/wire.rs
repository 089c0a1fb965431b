//! What log and witness say to each other, as JSON.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::MAX_LINE;
use crate::hash::Hash;

/// Lines of an offer, at most.
pub const MAX_OFFER_LINES: usize = 65_536;
/// Bytes of an offer's lines, at most: the rows of one checkpoint, each as long as a line may be. As JSON in JSON they
/// are at most twice as long.
pub const MAX_OFFER_BYTES: usize = 1_024 * MAX_LINE;

/// The log offers rows to a witness, up to one of its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The number of the first line; not looked at if there are no lines.
    pub first_seq: u64,
    /// The lines, without line feeds; the last one is the last that the checkpoint covers.
    pub lines: Vec<String>,
    /// The checkpoint's note.
    pub checkpoint: String,
}

impl Offer {
    pub(super) fn check_size(&self) -> Result<(), Refusal> {
        let bytes: usize = self.lines.iter().map(String::len).sum();
        if self.lines.len() > MAX_OFFER_LINES || bytes > MAX_OFFER_BYTES { Err(Refusal::TooLarge) } else { Ok(()) }
    }

    /// The last line's number; none if the first has none.
    pub(super) fn last_seq(&self) -> Option<u64> {
        (self.first_seq.checked_sub(1)?).checked_add(self.lines.len() as u64)
    }
}

/// Where a witness stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Rows in its copy.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The note of the newest checkpoint that it cosigned, with its cosignature. Only this is signed.
    pub checkpoint: Option<String>,
}

/// What a witness answers to an [`Offer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The rows are in the copy, and the checkpoint is cosigned.
    Accepted {
        /// Where the witness stands now.
        standing: Standing,
    },
    /// Nothing was taken.
    Refused {
        /// Why.
        refusal: Refusal,
        /// Where the witness stands still.
        standing: Standing,
    },
}

/// Why a witness refuses an offer.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case", deny_unknown_fields)]
pub enum Refusal {
    /// Rows are missing between the copy and what is offered: send from `expected` to a checkpoint.
    #[error("rows from {expected} are missing")]
    Behind {
        /// The row that the witness needs next.
        expected: u64,
    },
    /// The history up to this row is not the one that the witness has.
    #[error("the history up to row {seq} is not the one that the witness has")]
    Rewritten {
        /// A row whose line differs, or the checkpoint's size if only the whole does.
        seq: u64,
    },
    /// The log has become shorter.
    #[error("the witness has {size} rows and is offered a checkpoint of {offered}")]
    Shrunk {
        /// Rows in the copy.
        size: u64,
        /// Rows of the checkpoint.
        offered: u64,
    },
    /// The checkpoint is not one of this log.
    #[error("the checkpoint is not this log's: {reason}")]
    Forged {
        /// What is wrong with it.
        reason: String,
    },
    /// Rows beyond the checkpoint, which nobody signed.
    #[error("row {seq} and later ones are not covered by the checkpoint")]
    Surplus {
        /// The first of them.
        seq: u64,
    },
    /// A line is not the entry of its place.
    #[error("the line of row {seq} is not its entry")]
    Malformed {
        /// The row.
        seq: u64,
    },
    /// Over [`MAX_OFFER_LINES`] or [`MAX_OFFER_BYTES`]: send fewer rows, up to an earlier checkpoint.
    #[error("an offer has at most {MAX_OFFER_LINES} lines and {MAX_OFFER_BYTES} bytes")]
    TooLarge,
}

impl Refusal {
    /// Whether somebody has to look: the log is not what it was, or not what it says it is. The others are put right by
    /// the log's next offer.
    #[must_use]
    pub const fn is_alarm(&self) -> bool {
        match self {
            Self::Rewritten { .. } | Self::Shrunk { .. } | Self::Forged { .. } | Self::Malformed { .. } => true,
            Self::Behind { .. } | Self::Surplus { .. } | Self::TooLarge => false,
        }
    }
}
