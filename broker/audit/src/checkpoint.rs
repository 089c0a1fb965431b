//! Checkpoints (C2SP tlog-checkpoint): what the log says of itself at one size, signed, and cosigned by witnesses.

use thiserror::Error;

use crate::cosignature;
use crate::entry::MAX_NUMBER;
use crate::hash::Hash;
use crate::head::Head;
use crate::key::{KeyId, KeyName, LogKey, LogPublicKey, SIGNATURE_LENGTH, WitnessKey, WitnessPublicKey};
use crate::note::{Note, NoteError, NoteSignature};

/// So many rows are unsigned at most before a checkpoint is due.
pub const CHECKPOINT_ROWS: u64 = 1_000;
/// So long is a row unsigned at most before a checkpoint is due: 60 seconds, in milliseconds.
pub const CHECKPOINT_MS: u64 = 60_000;

/// Whether a checkpoint is due: `unsigned` rows have no checkpoint yet, the oldest of them since `since` (Unix ms).
#[must_use]
pub const fn checkpoint_is_due(unsigned: u64, since: u64, now: u64) -> bool {
    unsigned >= CHECKPOINT_ROWS || (unsigned > 0 && now.saturating_sub(since) >= CHECKPOINT_MS)
}

/// What the log is at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of the key that signs it.
    pub origin: KeyName,
    /// Rows.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The link of the last of them.
    pub link: Hash,
}

/// A note that is no checkpoint of this log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note's text isn't origin, size, root and link.
    #[error("the note's text is not that of a checkpoint")]
    Text,
    /// The origin is that of none of the keys.
    #[error("a checkpoint of another log: {0}")]
    OtherLog(String),
    /// No signature is of a key that is known for this log.
    #[error("no signature of a known key")]
    Unsigned,
    /// A signature says it is of a known key, and isn't.
    #[error("the signature of {0} does not hold")]
    Signature(KeyName),
}

impl Checkpoint {
    /// The note's text: origin, size, root in base64, and, as extension line, `link` with the chain's link in base64.
    fn to_text(&self) -> String {
        format!("{}\n{}\n{}\nlink {}\n", self.origin, self.size, self.root.to_base64(), self.link.to_base64())
    }

    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let mut line = || lines.next().ok_or(CheckpointError::Text);
        let origin = line()?;
        let size = line()?.parse().ok().filter(|size| *size <= MAX_NUMBER).ok_or(CheckpointError::Text)?;
        let root = Hash::from_base64(line()?).map_err(|_| CheckpointError::Text)?;
        let link = line()?.strip_prefix("link ").ok_or(CheckpointError::Text)?;
        let link = Hash::from_base64(link).map_err(|_| CheckpointError::Text)?;
        let name = KeyName::new(origin).map_err(|_| CheckpointError::OtherLog(origin.to_owned()))?;
        let checkpoint = Self { origin: name, size, root, link };
        // Leading zeros, a sign, more lines: whatever isn't written as we write it.
        if checkpoint.to_text() == text { Ok(checkpoint) } else { Err(CheckpointError::Text) }
    }
}

/// A checkpoint whose signature by the log held: no other can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    /// The key whose signature held; the first of them, if there are several.
    by: KeyId,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs where the log stands.
    #[must_use]
    pub fn sign(head: &Head, key: &LogKey) -> Self {
        let (size, root, link) = (head.size(), head.root(), head.link());
        let checkpoint = Checkpoint { origin: key.public().name().clone(), size, root, link };
        let text = checkpoint.to_text();
        let (name, id, bytes) = (checkpoint.origin.as_str(), key.public().id(), key.sign(text.as_bytes()));
        let signature = NoteSignature { name: name.to_owned(), id, bytes: bytes.to_vec() };
        Self { checkpoint, by: id, note: Note { text, signatures: vec![signature] } }
    }

    /// Reads a note and verifies it. `keys` are the log's, the present one and earlier ones; signatures of others are
    /// kept and not looked at.
    ///
    /// # Errors
    /// [`CheckpointError`]: not a checkpoint, another log's, or no key's signature holds, or one of a known key doesn't.
    pub fn open(note: &str, keys: &[LogPublicKey]) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        if !keys.iter().any(|key| *key.name() == checkpoint.origin) {
            return Err(CheckpointError::OtherLog(checkpoint.origin.to_string()));
        }
        let mut by = None;
        for key in keys.iter().filter(|key| *key.name() == checkpoint.origin) {
            for signature in note.signatures_of(key.name().as_str(), key.id()) {
                let bytes: Option<&[u8; SIGNATURE_LENGTH]> = signature.bytes.as_slice().try_into().ok();
                if !bytes.is_some_and(|bytes| key.verifies(note.text.as_bytes(), bytes)) {
                    return Err(CheckpointError::Signature(key.name().clone()));
                }
                by.get_or_insert(key.id());
            }
        }
        let by = by.ok_or(CheckpointError::Unsigned)?;
        Ok(Self { checkpoint, by, note })
    }

    /// What is signed.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Whether it was signed when the log stood there. A head that a checkpoint vouches for can be trusted as far as the
    /// key.
    #[must_use]
    pub fn is_of(&self, head: &Head) -> bool {
        let Checkpoint { size, root, link, .. } = self.checkpoint;
        (size, root, link) == (head.size(), head.root(), head.link())
    }

    /// The note, with all its signatures: what is stored and sent.
    #[must_use]
    pub fn to_note(&self) -> String {
        self.note.to_text()
    }

    /// Adds a witness's cosignature of this moment (Unix ms) to the log's signature, in the place of all others: what
    /// else a note brings along, the witness neither vouches for nor stores.
    pub(crate) fn cosign(&mut self, key: &WitnessKey, now: u64) {
        let (origin, by) = (self.checkpoint.origin.as_str(), self.by);
        let own = self.note.signatures_of(origin, by).next().cloned();
        self.note.signatures = own.into_iter().chain([cosignature::make(key, &self.note.text, now)]).collect();
    }

    /// When the witness cosigned this (Unix ms, whole seconds); `None` if it didn't.
    ///
    /// # Errors
    /// [`CheckpointError::Signature`]: there is a cosignature that says it is the witness's, and isn't.
    pub fn cosigned_by(&self, key: &WitnessPublicKey) -> Result<Option<u64>, CheckpointError> {
        let times: Result<Vec<u64>, _> = self
            .note
            .signatures_of(key.name().as_str(), key.id())
            .map(|line| cosignature::time(key, &self.note.text, &line.bytes))
            .map(|time| time.ok_or_else(|| CheckpointError::Signature(key.name().clone())))
            .collect();
        Ok(times?.into_iter().max())
    }
}

#[cfg(test)]
mod tests;
