//! Accounts.

use beside_broker_core::Account;
use beside_broker_core::name::PersonName;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::entity::account;
use super::{Storage, StorageError};

/// An account as it is stored.
#[derive(Debug)]
pub struct StoredAccount {
    /// Id and role.
    pub account: Account,
    /// The person's name.
    pub name: String,
    /// The PHC string of the password.
    pub password: Zeroizing<String>,
}

/// What two names are compared by: compatibility forms and case make no difference.
#[must_use]
pub fn name_key(name: &str) -> String {
    name.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

const fn role_text(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Operator => "operator",
    }
}

pub(super) fn role(text: &str) -> Result<Role, StorageError> {
    match text {
        "administrator" => Ok(Role::Administrator),
        "operator" => Ok(Role::Operator),
        _ => Err(StorageError::Invalid("role")),
    }
}

impl Storage {
    /// The account of a name.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn account_of_name(&self, name: &str) -> Result<Option<StoredAccount>, StorageError> {
        let found =
            account::Entity::find().filter(account::Column::NameKey.eq(name_key(name))).one(&self.database).await?;
        found.map(StoredAccount::try_from).transpose()
    }

    /// The account of an id.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn account_of_id(&self, id: &OperatorId) -> Result<Option<StoredAccount>, StorageError> {
        let found = account::Entity::find_by_id(id.as_str()).one(&self.database).await?;
        found.map(StoredAccount::try_from).transpose()
    }

    /// Whether there is an administrator.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn has_administrator(&self) -> Result<bool, StorageError> {
        let administrators = account::Column::Role.eq(role_text(Role::Administrator));
        Ok(account::Entity::find().filter(administrators).count(&self.database).await? > 0)
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if the name, or one that looks like it, is taken.
    pub async fn add_account(
        &self,
        account: &Account,
        name: &PersonName,
        password: &str,
        at: i64,
    ) -> Result<(), StorageError> {
        let row = account::ActiveModel {
            id: Set(account.id.to_string()),
            name: Set(name.as_str().to_owned()),
            name_key: Set(name_key(name.as_str())),
            role: Set(role_text(account.role).to_owned()),
            password: Set(password.to_owned()),
            created_at: Set(at),
        };
        row.insert(&self.database).await?;
        Ok(())
    }
}

impl TryFrom<account::Model> for StoredAccount {
    type Error = StorageError;

    fn try_from(row: account::Model) -> Result<Self, StorageError> {
        let id = row.id.parse().map_err(|_| StorageError::Invalid("account id"))?;
        let account = Account { id, role: role(&row.role)? };
        Ok(Self { account, name: row.name, password: Zeroizing::new(row.password) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one() {
        assert_eq!(name_key("Kim"), name_key(" kim "));
        assert_eq!(name_key("Ｋｉｍ"), name_key("kim"));
        assert_eq!(name_key("ﾊﾅｺ"), name_key("ハナコ"));
        assert_ne!(name_key("김"), name_key("감"));
    }
}
