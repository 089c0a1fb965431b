//! Signing where the audit log stands.
//!
//! The signer follows the log from what it signed before, line by line, and signs only what continues it: whoever can
//! write to the database, and no more, gets no signature under another history.

use std::sync::{Mutex, PoisonError};

use beside_audit::{CHECKPOINT_ROWS, Head, LogKey, LogPublicKey, SignedCheckpoint};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::entity::{audit, checkpoint};
use super::writing::Writing;
use super::{Storage, StorageError};

/// Stored checkpoints that are looked at for one that holds. Others were damaged by another hand.
const LOOKED_AT: u64 = 10;

/// The key of the checkpoints, and where the log stood when it signed last.
#[derive(Debug)]
pub struct Signer {
    key: LogKey,
    /// Its own public key and earlier ones.
    known: Vec<LogPublicKey>,
    signed: Mutex<Option<Head>>,
}

/// What came of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// So many rows are signed now.
    Signed(u64),
    /// So many were signed already, and there are no others.
    UpToDate(u64),
    /// The log does not continue what was signed: somebody changed it. `audit verify` says what.
    Refused,
}

/// Rows that no checkpoint covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsigned {
    /// How many.
    pub rows: u64,
    /// When the oldest of them was written, Unix milliseconds.
    pub since: u64,
}

impl Signer {
    /// Signs with `key`; checkpoints of `earlier` keys are believed too.
    #[must_use]
    pub fn new(key: LogKey, earlier: &[LogPublicKey]) -> Self {
        let known = std::iter::once(key.public().clone()).chain(earlier.iter().cloned()).collect();
        Self { key, known, signed: Mutex::new(None) }
    }

    /// The key's public half, and earlier ones.
    #[must_use]
    pub fn public(&self) -> &[LogPublicKey] {
        &self.known
    }

    pub(super) fn remember(&self, head: Head) {
        *self.signed.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }

    fn remembered(&self) -> Option<Head> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The head of a stored checkpoint, if the checkpoint holds and is of this head.
    pub(super) fn vouched(&self, row: &checkpoint::Model) -> Option<Head> {
        let head = Head::from_bytes(&row.state).ok()?;
        SignedCheckpoint::open(&row.note, &self.known).ok().filter(|signed| signed.is_of(&head)).map(|_| head)
    }

    async fn newest_stored(&self, database: &impl ConnectionTrait) -> Result<Option<Head>, StorageError> {
        let newest = checkpoint::Entity::find().order_by_desc(checkpoint::Column::Size).limit(LOOKED_AT);
        Ok(newest.all(database).await?.iter().find_map(|row| self.vouched(row)))
    }
}

impl Storage {
    /// Who signs the audit log.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Signs where the log stands, if it continues what was signed before, and keeps the checkpoint.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn sign_checkpoint(&self, at: i64) -> Result<Signing, StorageError> {
        let mut writing = self.writing().await?;
        let signing = writing.sign(at).await?;
        if let Signing::Signed(_) = signing {
            writing.commit().await?;
        }
        Ok(signing)
    }

    /// The rows that no checkpoint covers; none if all are covered.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn unsigned(&self) -> Result<Option<Unsigned>, StorageError> {
        let known = [self.signer.newest_stored(&self.database).await?, self.signer.remembered()];
        let signed = known.iter().flatten().map(Head::size).max().unwrap_or(0);
        let signed = i64::try_from(signed).map_err(|_| StorageError::Invalid("audit sequence"))?;
        let rows = || audit::Entity::find().filter(audit::Column::Seq.gt(signed));
        let Some(oldest) = rows().order_by_asc(audit::Column::Seq).one(&self.database).await? else { return Ok(None) };
        let Some(newest) = rows().order_by_desc(audit::Column::Seq).one(&self.database).await? else { return Ok(None) };
        let rows = u64::try_from(newest.seq - oldest.seq + 1).unwrap_or(0);
        Ok(Some(Unsigned { rows, since: u64::try_from(oldest.at).unwrap_or(0) }))
    }
}

impl Writing<'_> {
    /// Signs where the log stands with this change.
    pub(super) async fn sign(&mut self, at: i64) -> Result<Signing, StorageError> {
        let signer = &self.storage.signer;
        let stored = signer.newest_stored(self.transaction()).await?;
        let known = [stored.clone(), signer.remembered(), self.signed.clone()];
        let start = known.into_iter().flatten().max_by_key(Head::size).unwrap_or_default();
        // What this change itself added to what was signed continues it.
        let own = start == self.began || self.signed.as_ref() == Some(&start);
        if !own && !self.continues(start).await? {
            tracing::error!(rows = self.head.size(), "the audit log was changed: it is not signed any more");
            return Ok(Signing::Refused);
        }
        let size = self.head.size();
        if size == 0 || stored.as_ref() == Some(&self.head) {
            return Ok(Signing::UpToDate(size));
        }
        let row = checkpoint::ActiveModel {
            size: Set(i64::try_from(size).map_err(|_| StorageError::Invalid("audit sequence"))?),
            note: Set(SignedCheckpoint::sign(&self.head, &signer.key).to_note()),
            state: Set(self.head.to_bytes()),
            at: Set(at),
        };
        // One of this size that is there is damaged, or it would have been found above.
        let replace = OnConflict::column(checkpoint::Column::Size)
            .update_columns([checkpoint::Column::Note, checkpoint::Column::State, checkpoint::Column::At])
            .to_owned();
        checkpoint::Entity::insert(row).on_conflict(replace).exec_without_returning(self.transaction()).await?;
        self.signed = Some(self.head.clone());
        Ok(Signing::Signed(size))
    }

    /// Whether the stored rows lead from `head` to where the log stands.
    async fn continues(&mut self, mut head: Head) -> Result<bool, StorageError> {
        self.insert_log().await?;
        while head.size() < self.head.size() {
            let after = i64::try_from(head.size()).map_err(|_| StorageError::Invalid("audit sequence"))?;
            let rows: Vec<(i64, String)> = audit::Entity::find()
                .select_only()
                .columns([audit::Column::Seq, audit::Column::Line])
                .filter(audit::Column::Seq.gt(after))
                .order_by_asc(audit::Column::Seq)
                .limit(CHECKPOINT_ROWS)
                .into_tuple()
                .all(self.transaction())
                .await?;
            if rows.is_empty() {
                return Ok(false);
            }
            for (seq, line) in rows {
                let next = head.append(line.as_bytes());
                if i64::try_from(next.seq) != Ok(seq) {
                    return Ok(false);
                }
            }
        }
        Ok(head == self.head)
    }
}
