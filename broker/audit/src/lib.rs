//! The audit log as computation: its lines, hash chain, Merkle tree and checkpoints, the verifier, and the witness.
//!
//! The broker writes one row per event, in the transaction of what happened: an [`Entry`] becomes a line, [`Head::append`]
//! gives the row's link, and line, link and head are stored together. Now and then [`SignedCheckpoint::sign`] says where
//! the log stands. A [`Witness`] on a second host keeps a copy of all lines and cosigns only checkpoints that continue
//! it. A [`Verifier`] reads the stored rows and names what was done to them. The formats are those of `docs/audit.md`.
//!
//! No I/O, no clock, no randomness of its own: whoever calls stores, sends and reads the time.
#![forbid(unsafe_code)]

mod checkpoint;
mod cosignature;
mod entry;
mod hash;
mod head;
mod key;
mod names;
mod note;
#[cfg(test)]
mod testing;
mod tree;
mod verify;
mod witness;

pub use checkpoint::{
    CHECKPOINT_MS, CHECKPOINT_ROWS, Checkpoint, CheckpointError, SignedCheckpoint, checkpoint_is_due,
};
pub use entry::{Entry, EntryError, LineError, MAX_DETAILS, MAX_LINE, MAX_NUMBER, MAX_PERSONAL, MAX_TEXT, Scalar};
pub use hash::{Hash, HashError, leaf_hash, link_hash, personal_hash};
pub use head::{Appended, Head, HeadError};
pub use key::{
    Checkpoints, Cosignatures, KeyError, KeyName, LogKey, LogPublicKey, PrivateKey, PublicKey, WitnessKey,
    WitnessPublicKey,
};
pub use names::{Action, Field, Id, NameError, Via};
pub use note::{MAX_NOTE, MAX_SIGNATURES, NoteError};
pub use verify::{
    ClaimError, Claimant, Columns, DELETED_THROUGH, Fault, MAX_CLAIMS, MAX_FAULTS, Personal, ROWS_DELETED, Report, Row,
    StartError, Verifier,
};
pub use witness::{
    Accepted, Answer, MAX_OFFER_BYTES, MAX_OFFER_LINES, Offer, Recovered, Recovery, RecoveryError, Refusal, Standing,
    Witness,
};
