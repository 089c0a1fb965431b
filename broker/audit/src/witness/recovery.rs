//! The witness's start: its file of lines, read again, and the checkpoint that it cosigned last.

use thiserror::Error;

use super::Witness;
use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::entry::{Entry, LineError, MAX_LINE};
use crate::hash::leaf_hash;
use crate::key::{LogPublicKey, WitnessKey};

/// Files that are not what the witness wrote. Somebody has to look; a witness that starts anew forgets what it knows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecoveryError {
    /// The stored checkpoint does not verify.
    #[error("the stored checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The stored checkpoint has no cosignature by this witness's key.
    #[error("the stored checkpoint is not cosigned by this witness")]
    NotCosigned,
    /// A line is not an entry.
    #[error("row {seq} of the copy: {error}")]
    Line {
        /// The row.
        seq: u64,
        /// Why.
        error: LineError,
    },
    /// A line is another row's entry.
    #[error("row {seq} of the copy is row {says}")]
    Order {
        /// The row.
        seq: u64,
        /// What its line says.
        says: u64,
    },
    /// The copy is shorter than what was cosigned.
    #[error("the copy has {rows} rows, and {cosigned} were cosigned")]
    Short {
        /// Rows in the file.
        rows: u64,
        /// Rows of the stored checkpoint.
        cosigned: u64,
    },
    /// The copy is not what was cosigned.
    #[error("the copy's first {size} rows are not those that were cosigned")]
    Differs {
        /// The stored checkpoint's size.
        size: u64,
    },
}

/// Reads the copy's file, piece by piece.
#[derive(Debug)]
pub struct Recovery {
    witness: Witness,
    /// The line that has begun; at most one byte more than a line may have.
    begun: Vec<u8>,
    /// All bytes of it, also those that are not kept.
    begun_length: u64,
    /// Bytes of the whole lines so far.
    whole: u64,
}

/// A witness that goes on where it was.
#[derive(Debug)]
pub struct Recovered {
    /// The witness.
    pub witness: Witness,
    /// The file's whole lines, in bytes. The file is to be cut to this length before anything is appended.
    pub keep: u64,
    /// Bytes after them: a line that was being written when the machine stopped.
    pub torn: u64,
}

impl Recovery {
    /// Begins: the log's keys, the witness's own, and the stored note, if there is one.
    ///
    /// # Errors
    /// [`RecoveryError::Checkpoint`] and [`RecoveryError::NotCosigned`].
    pub fn new(log_keys: Vec<LogPublicKey>, key: WitnessKey, newest: Option<&str>) -> Result<Self, RecoveryError> {
        let newest = newest.map(|note| SignedCheckpoint::open(note, &log_keys)).transpose()?;
        if let Some(newest) = &newest {
            newest.cosigned_by(key.public())?.ok_or(RecoveryError::NotCosigned)?;
        }
        let witness = Witness { newest, ..Witness::new(log_keys, key) };
        let recovery = Self { witness, begun: Vec::new(), begun_length: 0, whole: 0 };
        recovery.compare()?;
        Ok(recovery)
    }

    /// Takes the file's next bytes, however they are cut.
    ///
    /// # Errors
    /// [`RecoveryError`]: the file is not the witness's.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), RecoveryError> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = piece.strip_suffix(b"\n").map_or((piece, false), |text| (text, true));
            let room = (MAX_LINE + 1).saturating_sub(self.begun.len());
            self.begun.extend(&text[..text.len().min(room)]);
            self.begun_length += piece.len() as u64;
            if ends {
                self.end_line()?;
            }
        }
        Ok(())
    }

    /// The file has ended.
    ///
    /// # Errors
    /// [`RecoveryError::Short`].
    pub fn finish(self) -> Result<Recovered, RecoveryError> {
        let rows = self.witness.head.size();
        let cosigned = self.witness.newest.as_ref().map_or(0, |newest| newest.checkpoint().size);
        if rows < cosigned {
            return Err(RecoveryError::Short { rows, cosigned });
        }
        Ok(Recovered { witness: self.witness, keep: self.whole, torn: self.begun_length })
    }

    fn end_line(&mut self) -> Result<(), RecoveryError> {
        let seq = self.witness.head.next_seq();
        let entry = Entry::parse(&self.begun).map_err(|error| RecoveryError::Line { seq, error })?;
        if entry.seq != seq {
            return Err(RecoveryError::Order { seq, says: entry.seq });
        }
        let leaf = leaf_hash(&self.begun);
        self.witness.head.append_leaf(leaf);
        self.witness.remember([leaf]);
        self.begun.clear();
        self.whole += std::mem::take(&mut self.begun_length);
        self.compare()
    }

    /// Holds the copy against the stored checkpoint, at its size.
    fn compare(&self) -> Result<(), RecoveryError> {
        let head = &self.witness.head;
        let Some(newest) = self.witness.newest.as_ref().map(SignedCheckpoint::checkpoint) else { return Ok(()) };
        let differs = newest.size == head.size() && (newest.root, newest.link) != (head.root(), head.link());
        if differs { Err(RecoveryError::Differs { size: newest.size }) } else { Ok(()) }
    }
}
