//! The data keys.

use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait as _, QueryOrder as _};

use super::entity::data_key;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::{Action, Actor, Event};
use crate::clock::{Clock, random};
use crate::config::KeySource;
use crate::sealing::{Sealing, SealingError, SecretKey, WrappedKey, fresh, rewrap};

/// Opens the data keys of a database; makes the first one.
pub(super) async fn open(database: &DatabaseConnection, source: &KeySource) -> Result<Sealing, StorageError> {
    let key = key(source)?;
    let mut wrapped = read(database).await?;
    if wrapped.is_empty() {
        let first = fresh(&key, &mut random())?;
        insert(&first, Clock::start().now().unix_ms, database).await?;
        wrapped.push(first);
    }
    Ok(Sealing::open_keys(&key, &wrapped)?)
}

fn key(source: &KeySource) -> Result<SecretKey, StorageError> {
    source.read().map_err(|error| StorageError::Key(format!("{error:#}")))
}

async fn read(database: &impl ConnectionTrait) -> Result<Vec<WrappedKey>, StorageError> {
    let rows = data_key::Entity::find()
        .order_by_asc(data_key::Column::MadeAt)
        .order_by_asc(data_key::Column::Id)
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| WrappedKey { id: row.id, wrapped: row.wrapped }).collect())
}

async fn insert(key: &WrappedKey, at: i64, database: &impl ConnectionTrait) -> Result<(), StorageError> {
    let row = data_key::ActiveModel { id: Set(key.id.clone()), wrapped: Set(key.wrapped.clone()), made_at: Set(at) };
    data_key::Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

impl Storage {
    /// Makes a new data key, and says its name; what is sealed from now on, by whatever process, is sealed under it. What
    /// was sealed before stays readable.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn rotate_key(&self, actor: Actor, at: i64) -> Result<String, StorageError> {
        let key = key(&self.key)?;
        let mut writing = self.writing().await?;
        let next = fresh(&key, &mut random())?;
        insert(&next, at, writing.transaction()).await?;
        writing.data_key.clone_from(&next.id);
        writing.log(Event::new(Action::KeyRotated, actor, at).about(next.id.as_str())).await?;
        writing.commit().await?;
        self.read_keys(&self.database).await?;
        Ok(next.id)
    }

    /// Wraps every data key under another key-encryption key. Nothing that they seal changes.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn rewrap_keys(&self, to: &SecretKey, actor: Actor, at: i64) -> Result<(), StorageError> {
        let from = key(&self.key)?;
        let mut writing = self.writing().await?;
        for wrapped in read(writing.transaction()).await? {
            let moved = rewrap(&wrapped, &from, to, &mut random())?;
            let row = data_key::ActiveModel { id: Set(moved.id), wrapped: Set(moved.wrapped), ..Default::default() };
            data_key::Entity::update(row).exec(writing.transaction()).await?;
        }
        writing.log(Event::new(Action::KeyRewrapped, actor, at)).await?;
        writing.commit().await
    }

    /// Seals with this key from now on, which another process may have made.
    pub(super) async fn use_key(&self, id: &str, database: &impl ConnectionTrait) -> Result<(), StorageError> {
        if self.sealing.use_key(id) {
            return Ok(());
        }
        self.read_keys(database).await?;
        if self.sealing.use_key(id) { Ok(()) } else { Err(SealingError::KeyUnknown.into()) }
    }

    /// Makes sure that these sealed values can be opened: another process may have made the key since.
    pub(super) async fn know_keys<'a>(&self, sealed: impl IntoIterator<Item = &'a str>) -> Result<(), StorageError> {
        if sealed.into_iter().all(|sealed| self.sealing.knows(sealed)) {
            return Ok(());
        }
        self.read_keys(&self.database).await
    }

    async fn read_keys(&self, database: &impl ConnectionTrait) -> Result<(), StorageError> {
        let opened = Sealing::open_keys(&key(&self.key)?, &read(database).await?)
            .map_err(|error| StorageError::Key(error.to_string()))?;
        self.sealing.add(opened);
        Ok(())
    }
}

impl Writing<'_> {
    /// The names of the data keys that no longer seal anything new.
    pub(super) async fn old_keys(&self) -> Result<Vec<String>, StorageError> {
        let all = read(self.transaction()).await?;
        Ok(all.into_iter().map(|key| key.id).filter(|id| *id != self.data_key).collect())
    }

    /// Deletes a data key. The caller has made sure that nothing is sealed under it.
    pub(super) async fn delete_key(&mut self, id: &str, actor: Actor, at: i64) -> Result<(), StorageError> {
        data_key::Entity::delete_by_id(id).exec(self.transaction()).await?;
        self.log(Event::new(Action::KeyDeleted, actor, at).about(id)).await
    }
}
