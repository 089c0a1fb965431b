//! Rows that a change adds, gathered so that one statement inserts many of them.

use std::collections::BTreeMap;

use sea_orm::{ActiveModelTrait as _, ConnectionTrait, IntoActiveModel as _};

use super::StorageError;
use super::entity::{audit, audit_personal, session, session_name, session_tag};

/// Rows of one statement. More gain nothing, and SQLite takes 32,766 values in a statement: a session has 25.
const ROWS: usize = 250;
/// Sessions that are kept here while the change goes on, so that what happens to them needs no statement of its own. When
/// full all are inserted.
const SESSIONS_MAX: usize = 8 * ROWS;

/// Rows that are not inserted yet.
#[derive(Default)]
pub(super) struct Pending {
    audit: Vec<audit::ActiveModel>,
    personal: Vec<audit_personal::ActiveModel>,
    sessions: BTreeMap<String, session::Model>,
    tags: Vec<session_tag::ActiveModel>,
    names: Vec<session_name::ActiveModel>,
}

impl Pending {
    /// Adds a row of the audit log with its personal values.
    pub(super) fn logged(&mut self, row: audit::ActiveModel, values: Vec<audit_personal::ActiveModel>) {
        self.audit.push(row);
        self.personal.extend(values);
    }

    /// Adds a session.
    ///
    /// # Errors
    /// [`StorageError::Exists`]
    pub(super) fn began(&mut self, row: session::Model) -> Result<(), StorageError> {
        let before = self.sessions.insert(row.sid.clone(), row);
        if before.is_some() { Err(StorageError::Exists) } else { Ok(()) }
    }

    /// A session that was added and is still here.
    pub(super) fn session(&mut self, sid: &str) -> Option<&mut session::Model> {
        self.sessions.get_mut(sid)
    }

    /// Adds tags of a session.
    pub(super) fn tagged(&mut self, tags: impl Iterator<Item = session_tag::ActiveModel>) {
        self.tags.extend(tags);
    }

    /// Adds words of customers' names.
    pub(super) fn named(&mut self, words: Vec<session_name::ActiveModel>) {
        self.names.extend(words);
    }

    /// Takes back those of a session.
    pub(super) fn unname(&mut self, sid: &str) {
        self.names.retain(|word| word.sid.try_as_ref().is_none_or(|of| of != sid));
    }

    /// Inserts what has become too much to keep.
    pub(super) async fn relieve(&mut self, database: &impl ConnectionTrait) -> Result<(), StorageError> {
        if self.audit.len() >= ROWS || self.personal.len() >= ROWS {
            self.insert_log(database).await?;
        }
        if self.sessions.len() >= SESSIONS_MAX {
            self.insert_sessions(database).await?;
        }
        if self.tags.len() >= ROWS {
            insert::<session_tag::Entity, _>(&mut self.tags, database).await?;
        }
        if self.names.len() >= ROWS {
            insert::<session_name::Entity, _>(&mut self.names, database).await?;
        }
        Ok(())
    }

    /// Inserts the rows of the audit log.
    pub(super) async fn insert_log(&mut self, database: &impl ConnectionTrait) -> Result<(), StorageError> {
        insert::<audit::Entity, _>(&mut self.audit, database).await?;
        insert::<audit_personal::Entity, _>(&mut self.personal, database).await
    }

    /// Inserts everything.
    pub(super) async fn insert_all(&mut self, database: &impl ConnectionTrait) -> Result<(), StorageError> {
        self.insert_log(database).await?;
        self.insert_sessions(database).await?;
        insert::<session_tag::Entity, _>(&mut self.tags, database).await?;
        insert::<session_name::Entity, _>(&mut self.names, database).await
    }

    async fn insert_sessions(&mut self, database: &impl ConnectionTrait) -> Result<(), StorageError> {
        let sessions = std::mem::take(&mut self.sessions);
        let mut rows: Vec<_> = sessions.into_values().map(|row| row.into_active_model().reset_all()).collect();
        insert::<session::Entity, _>(&mut rows, database).await
    }
}

async fn insert<E, A>(rows: &mut Vec<A>, database: &impl ConnectionTrait) -> Result<(), StorageError>
where
    E: sea_orm::EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    while !rows.is_empty() {
        let some: Vec<A> = rows.drain(..rows.len().min(ROWS)).collect();
        E::insert_many(some).exec_without_returning(database).await?;
    }
    Ok(())
}
