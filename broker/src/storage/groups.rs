//! Groups of accounts.

use std::collections::BTreeMap;

use beside_protocol::ids::OperatorId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::accounts::name_key;
use super::entity::{address_rule, group, group_member};
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::Event;

/// A group as it is stored.
#[derive(Debug)]
pub struct StoredGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<String>,
}

impl Storage {
    /// All groups, by name.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn groups(&self) -> Result<Vec<StoredGroup>, StorageError> {
        let groups = group::Entity::find().order_by_asc(group::Column::NameKey).all(&self.database).await?;
        let members =
            group_member::Entity::find().order_by_asc(group_member::Column::AccountId).all(&self.database).await?;
        let mut by_group: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for member in members {
            by_group.entry(member.group_id).or_default().push(member.account_id);
        }
        let stored = groups.into_iter().map(|row| {
            let members = by_group.remove(&row.id).unwrap_or_default();
            StoredGroup { id: row.id, name: row.name, members }
        });
        Ok(stored.collect())
    }

    /// The group of an id.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn group(&self, id: &str) -> Result<Option<StoredGroup>, StorageError> {
        Ok(self.groups().await?.into_iter().find(|group| group.id == id))
    }
}

impl Writing<'_> {
    /// Adds a group.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if the name, or one that looks like it, is taken.
    pub async fn add_group(&mut self, id: &str, name: &str, event: Event) -> Result<(), StorageError> {
        let row = group::ActiveModel {
            id: Set(id.to_owned()),
            name: Set(name.to_owned()),
            name_key: Set(name_key(name)),
            created_at: Set(event.at),
            ..Default::default()
        };
        group::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        self.log(event.about(id).with("name", name)).await
    }

    /// Renames a group.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if the name, or one that looks like it, is taken.
    pub async fn rename_group(&mut self, id: &str, name: &str, event: Event) -> Result<(), StorageError> {
        let row = group::ActiveModel {
            id: Set(id.to_owned()),
            name: Set(name.to_owned()),
            name_key: Set(name_key(name)),
            ..Default::default()
        };
        row.update(self.transaction()).await?;
        self.log(event.about(id).with("name", name)).await
    }

    /// Deletes a group with its memberships and its addresses.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn delete_group(&mut self, id: &str, event: Event) -> Result<(), StorageError> {
        let transaction = self.transaction();
        group_member::Entity::delete_many().filter(group_member::Column::GroupId.eq(id)).exec(transaction).await?;
        address_rule::Entity::delete_many().filter(address_rule::Column::GroupId.eq(id)).exec(transaction).await?;
        group::Entity::delete_by_id(id).exec(transaction).await?;
        self.log(event.about(id)).await
    }

    /// Makes an account a member of a group.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if it is one.
    pub async fn join_group(&mut self, group: &str, account: &OperatorId, event: Event) -> Result<(), StorageError> {
        let row = group_member::ActiveModel { group_id: Set(group.to_owned()), account_id: Set(account.to_string()) };
        group_member::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        self.log(event.about(account.to_string()).with("group", group)).await
    }

    /// Takes an account out of a group. Says whether it was in it.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn leave_group(&mut self, group: &str, account: &OperatorId, event: Event) -> Result<bool, StorageError> {
        let key = (group.to_owned(), account.to_string());
        let left = group_member::Entity::delete_by_id(key).exec(self.transaction()).await?.rows_affected > 0;
        if left {
            self.log(event.about(account.to_string()).with("group", group)).await?;
        }
        Ok(left)
    }
}
