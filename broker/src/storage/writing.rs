//! One change of the database: a transaction whose every event stands in the audit log.
//!
//! Changes come one at a time. SQLite has one writer anyway; on PostgreSQL the row of the head is locked, so that brokers
//! that share a database continue one chain.

use std::collections::BTreeMap;

use beside_audit::{CHECKPOINT_ROWS, Entry, Head, Id, personal_hash};
use rand_core::Rng as _;
use sea_orm::{
    ActiveValue::Set, DatabaseBackend, DatabaseTransaction, EntityTrait as _, QuerySelect as _, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::sync::MutexGuard;
use zeroize::Zeroizing;

use super::entity::{audit, audit_head, audit_personal, session};
use super::name_index::NameKey;
use super::pending::Pending;
use super::{Storage, StorageError};
use crate::audit::Event;
use crate::clock::random;

/// The only row of the table of the head.
pub(super) const HEAD: i16 = 1;

/// A change under way. Dropped without [`commit`](Self::commit) it never was.
pub struct Writing<'a> {
    pub(super) storage: &'a Storage,
    transaction: DatabaseTransaction,
    pub(super) pending: Pending,
    /// Where the log stood when this change began.
    pub(super) began: Head,
    pub(super) head: Head,
    /// Where the log stood when this change signed a checkpoint of it.
    pub(super) signed: Option<Head>,
    /// The data key that seals.
    pub(super) data_key: String,
    /// The key of the index of customers' names, once it was needed.
    pub(super) name_key: Option<NameKey>,
    _turn: MutexGuard<'a, ()>,
}

impl Storage {
    /// Begins a change.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn writing(&self) -> Result<Writing<'_>, StorageError> {
        let turn = self.turn.lock().await;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.database.begin_with_options(options).await?;
        let mut row = audit_head::Entity::find_by_id(HEAD);
        if self.database.get_database_backend() == DatabaseBackend::Postgres {
            row = row.lock_exclusive();
        }
        let (head, data_key) = match row.one(&transaction).await? {
            Some(row) => {
                let head = Head::from_bytes(&row.state).map_err(|_| StorageError::Invalid("head of the audit log"))?;
                self.use_key(&row.data_key, &transaction).await?;
                (head, row.data_key)
            }
            None if audit::Entity::find().one(&transaction).await?.is_some() => {
                return Err(StorageError::Invalid("audit log: its head is gone"));
            }
            None => {
                let (head, data_key) = (Head::default(), self.sealing.current());
                let row = audit_head::ActiveModel {
                    id: Set(HEAD),
                    state: Set(head.to_bytes()),
                    data_key: Set(data_key.clone()),
                };
                audit_head::Entity::insert(row).exec_without_returning(&transaction).await?;
                (head, data_key)
            }
        };
        Ok(Writing {
            storage: self,
            transaction,
            pending: Pending::default(),
            began: head.clone(),
            head,
            signed: None,
            data_key,
            name_key: None,
            _turn: turn,
        })
    }
}

impl Writing<'_> {
    /// Where to change tables. Rows of the audit log and sessions that this change adds are not there before it is made.
    #[must_use]
    pub const fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Seals a personal value; `about` says what it belongs to.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub fn seal(&self, plain: &str, about: &str) -> Result<String, StorageError> {
        Ok(self.storage.sealing.seal(plain, about, &mut random())?)
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub fn open(&self, sealed: &str, about: &str) -> Result<Zeroizing<String>, StorageError> {
        Ok(self.storage.sealing.open(sealed, about)?)
    }

    /// Adds a row to the audit log.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn log(&mut self, event: Event) -> Result<(), StorageError> {
        let seq = self.head.next_seq();
        let row = i64::try_from(seq).map_err(|_| StorageError::Invalid("audit sequence"))?;
        let mut personal = BTreeMap::new();
        let mut values = Vec::new();
        for (field, value) in &event.personal {
            let mut salt = [0; 32];
            random().fill_bytes(&mut salt);
            personal.insert(field.clone(), personal_hash(&salt, field.as_str(), value));
            values.push(audit_personal::ActiveModel {
                seq: Set(row),
                field: Set(field.as_str().to_owned()),
                salt: Set(salt.to_vec()),
                value: Set(self.seal(value, &personal_of(row, field.as_str()))?),
            });
        }
        let account = event.actor.account().map(ToString::to_string);
        let id = |text: &String| Id::new(text.as_str()).map_err(|_| StorageError::Invalid("id in an audit row"));
        let entry = Entry {
            seq,
            at: u64::try_from(event.at).map_err(|_| StorageError::Invalid("time of an audit row"))?,
            account: account.as_ref().map(id).transpose()?,
            via: event.actor.via(),
            action: event.action.name(),
            about: event.about.as_ref().map(id).transpose()?,
            detail: event.detail,
            personal,
        };
        let line = entry.to_line().map_err(|_| StorageError::Invalid("audit row"))?;
        let link = self.head.append(line.as_bytes()).link;
        let audit_row = audit::ActiveModel {
            seq: Set(row),
            line: Set(line),
            link: Set(link.as_bytes().to_vec()),
            at: Set(event.at),
            account_id: Set(account),
            action: Set(event.action.as_str().to_owned()),
            about: Set(event.about),
        };
        self.pending.logged(audit_row, values);
        self.pending.relieve(&self.transaction).await?;
        // Whoever writes so much signs it too: no flood of rows outruns the checkpoints.
        if seq.is_multiple_of(CHECKPOINT_ROWS) {
            self.sign(event.at).await?;
        }
        Ok(())
    }

    /// Adds the row of a session.
    pub(super) async fn begin_session(&mut self, row: session::Model) -> Result<(), StorageError> {
        self.pending.began(row)?;
        self.pending.relieve(&self.transaction).await
    }

    /// Inserts the rows of the log that were only gathered yet.
    pub(super) async fn insert_log(&mut self) -> Result<(), StorageError> {
        self.pending.insert_log(&self.transaction).await
    }

    /// Makes the change.
    ///
    /// # Errors
    /// See [`StorageError`]; nothing was changed then.
    pub async fn commit(mut self) -> Result<(), StorageError> {
        self.pending.insert_all(&self.transaction).await?;
        let row =
            audit_head::ActiveModel { id: Set(HEAD), state: Set(self.head.to_bytes()), data_key: Set(self.data_key) };
        audit_head::Entity::update(row).exec(&self.transaction).await?;
        self.transaction.commit().await?;
        if let Some(signed) = self.signed {
            self.storage.signer.remember(signed);
        }
        Ok(())
    }
}

/// What a sealed personal value of an audit row belongs to.
pub(super) fn personal_of(seq: i64, field: &str) -> String {
    format!("audit/{seq}/{field}")
}
