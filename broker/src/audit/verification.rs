//! Verifying the stored log: every row, checkpoint and personal value, and the sessions that are told by the rows.
//! Memory doesn't grow with the log.

use beside_audit::{ClaimError, Head, LogPublicKey, MAX_FAULTS, Report, Standing, Verifier, WitnessPublicKey};
use serde::Serialize;

use crate::storage::snapshot::Snapshot;
use crate::storage::told::SessionFault;
use crate::storage::{Storage, StorageError};

/// Rows that are read at a time.
const ROWS: u64 = 1_000;
/// Sessions that are read at a time.
const SESSIONS: u64 = 200;
/// Checkpoints of rows that aren't there which are looked at; the largest says how many rows there were.
const BEYOND: u64 = 100;

/// Whose signatures count.
#[derive(Debug, Clone, Default)]
pub struct Trusted {
    /// The log's keys, the present one and earlier ones.
    pub log: Vec<LogPublicKey>,
    /// The witnesses' keys.
    pub witnesses: Vec<WitnessPublicKey>,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Verification {
    /// The rows.
    pub log: Report,
    /// The sessions.
    pub sessions: SessionsReport,
}

/// What was found of the sessions.
#[derive(Debug, Default, Serialize)]
pub struct SessionsReport {
    /// Sessions that were held against their rows.
    pub sessions: u64,
    /// What was found, at most [`MAX_FAULTS`].
    pub faults: Vec<SessionFault>,
    /// Faults beyond those; of missing sessions only whether there are any.
    pub more_faults: u64,
}

impl Verification {
    /// Whether nothing was found.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.log.is_sound() && self.sessions.faults.is_empty()
    }
}

/// How far a verification is: rows, then sessions.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// Rows that were read, and how many there are.
    Rows(u64, u64),
    /// Sessions that were held against their rows.
    Sessions(u64),
}

/// Why it could not be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Claims and rows came in an order that can't be verified.
    #[error(transparent)]
    Claim(#[from] ClaimError),
}

/// Verifies the log as it stands, against its checkpoints, its head and what a witness says. `progress` hears of every
/// page.
///
/// # Errors
/// [`VerificationError`]: it could not be verified. What is wrong with the log is no error.
pub async fn verify(
    storage: &Storage,
    trusted: &Trusted,
    standing: Option<&Standing>,
    mut progress: impl FnMut(Progress),
) -> Result<Verification, VerificationError> {
    let snapshot = storage.snapshot().await?;
    let log = verify_rows(&snapshot, trusted, standing, &mut progress).await?;
    let sessions = verify_sessions(&snapshot, &mut progress).await?;
    Ok(Verification { log, sessions })
}

async fn verify_rows(
    snapshot: &Snapshot<'_>,
    trusted: &Trusted,
    standing: Option<&Standing>,
    progress: &mut impl FnMut(Progress),
) -> Result<Report, VerificationError> {
    let span = snapshot.span().await?;
    let first = span.map_or(1, |(first, _)| first);
    let total = span.map_or(0, |(first, last)| u64::try_from(last - first + 1).unwrap_or(0));
    let mut verifier = begin(snapshot, trusted, first).await?;
    match snapshot.head().await?.map(|bytes| Head::from_bytes(&bytes)) {
        Some(Ok(head)) => verifier.head(&head)?,
        // A log that nothing was ever written to has none.
        None if span.is_none() => {}
        Some(Err(_)) | None => verifier.no_head(),
    }
    if let Some(standing) = standing {
        verifier.witness(standing)?;
    }
    let mut read = 0;
    let mut after = None;
    // Also the checkpoint that the log begins with, if its first rows were deleted.
    let mut from = first - 1;
    loop {
        let rows = snapshot.rows(after, ROWS).await?;
        let Some(last) = rows.last().map(crate::storage::snapshot::StoredRow::seq) else { break };
        for checkpoint in snapshot.checkpoints(from, last).await? {
            verifier.checkpoint(u64::try_from(checkpoint.size).unwrap_or(0), &checkpoint.note)?;
        }
        for row in &rows {
            row.show(|row| verifier.row(row));
        }
        read += rows.len() as u64;
        progress(Progress::Rows(read, total));
        (after, from) = (Some(last), last + 1);
    }
    for checkpoint in snapshot.checkpoints_beyond(from, BEYOND).await? {
        verifier.checkpoint(u64::try_from(checkpoint.size).unwrap_or(0), &checkpoint.note)?;
    }
    Ok(verifier.finish())
}

/// Begins with the first row, or with the checkpoint before it, if that one vouches for where the log stood.
async fn begin(snapshot: &Snapshot<'_>, trusted: &Trusted, first: i64) -> Result<Verifier, StorageError> {
    let keys = || (trusted.log.clone(), trusted.witnesses.clone());
    if first > 1 {
        for checkpoint in snapshot.checkpoints(first - 1, first - 1).await? {
            let Ok(head) = Head::from_bytes(&checkpoint.state) else { continue };
            let (log, witnesses) = keys();
            if let Ok(verifier) = Verifier::starting_after(&head, &checkpoint.note, log, witnesses) {
                return Ok(verifier);
            }
        }
    }
    let (log, witnesses) = keys();
    Ok(Verifier::new(log, witnesses))
}

async fn verify_sessions(
    snapshot: &Snapshot<'_>,
    progress: &mut impl FnMut(Progress),
) -> Result<SessionsReport, StorageError> {
    let mut report = SessionsReport::default();
    let mut after = None;
    loop {
        let page = snapshot.sessions(after.as_deref(), SESSIONS).await?;
        let Some(last) = page.last else { break };
        report.sessions += page.sessions as u64;
        report.take(page.faults);
        progress(Progress::Sessions(report.sessions));
        after = Some(last);
    }
    report.take(snapshot.missing_sessions(MAX_FAULTS as u64 + 1).await?);
    Ok(report)
}

impl SessionsReport {
    fn take(&mut self, faults: Vec<SessionFault>) {
        let room = MAX_FAULTS.saturating_sub(self.faults.len());
        self.more_faults += faults.len().saturating_sub(room) as u64;
        self.faults.extend(faults.into_iter().take(room));
    }
}
