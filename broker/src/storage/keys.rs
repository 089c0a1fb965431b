//! The data keys.

use sea_orm::{ActiveValue::Set, DatabaseConnection, EntityTrait as _, QueryOrder as _};

use super::entity::data_key;
use super::{Storage, StorageError};
use crate::audit::{Action, Actor, Event};
use crate::clock::{Clock, random};
use crate::sealing::{Sealing, SecretKey, WrappedKey, fresh, rewrap};

/// Opens the data keys of a database; makes the first one.
pub(super) async fn open(database: &DatabaseConnection, key: &SecretKey) -> Result<Sealing, StorageError> {
    let mut wrapped = read(database).await?;
    if wrapped.is_empty() {
        let first = fresh(key, &mut random())?;
        insert(&first, Clock::start().now().unix_ms, database).await?;
        wrapped.push(first);
    }
    Ok(Sealing::open_keys(key, &wrapped)?)
}

async fn read(database: &impl sea_orm::ConnectionTrait) -> Result<Vec<WrappedKey>, StorageError> {
    let rows = data_key::Entity::find()
        .order_by_asc(data_key::Column::MadeAt)
        .order_by_asc(data_key::Column::Id)
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| WrappedKey { id: row.id, wrapped: row.wrapped }).collect())
}

async fn insert(key: &WrappedKey, at: i64, database: &impl sea_orm::ConnectionTrait) -> Result<(), StorageError> {
    let row = data_key::ActiveModel { id: Set(key.id.clone()), wrapped: Set(key.wrapped.clone()), made_at: Set(at) };
    data_key::Entity::insert(row).exec_without_returning(database).await?;
    Ok(())
}

impl Storage {
    /// Makes a new data key; what is sealed from now on is sealed under it. What was sealed before stays readable.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn rotate_key(&self, key: &SecretKey, actor: Actor, at: i64) -> Result<(), StorageError> {
        let mut writing = self.writing().await?;
        let next = fresh(key, &mut random())?;
        insert(&next, at, writing.transaction()).await?;
        writing.log(Event::new(Action::KeyRotated, actor, at).about(next.id)).await?;
        writing.commit().await?;
        self.reload_keys(key).await
    }

    /// Reads the data keys again: another process may have rotated them.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn reload_keys(&self, key: &SecretKey) -> Result<(), StorageError> {
        self.sealing.replace(Sealing::open_keys(key, &read(&self.database).await?)?);
        Ok(())
    }

    /// Wraps every data key under another key-encryption key. Nothing that they seal changes.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn rewrap_keys(
        &self,
        from: &SecretKey,
        to: &SecretKey,
        actor: Actor,
        at: i64,
    ) -> Result<(), StorageError> {
        let mut writing = self.writing().await?;
        for wrapped in read(writing.transaction()).await? {
            let moved = rewrap(&wrapped, from, to, &mut random())?;
            let row = data_key::ActiveModel { id: Set(moved.id), wrapped: Set(moved.wrapped), ..Default::default() };
            data_key::Entity::update(row).exec(writing.transaction()).await?;
        }
        writing.log(Event::new(Action::KeyRewrapped, actor, at)).await?;
        writing.commit().await
    }
}
