//! Accounts.

use beside_broker_core::Account;
use beside_broker_core::name::PersonName;
use beside_protocol::api::Role;
use beside_protocol::ids::OperatorId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::entity::{account, account_link, address_rule, group_member, recovery_code};
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::event::NAME;
use crate::audit::{Action, Actor, Event};

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Its link was not used yet.
    Invited,
    /// It may be used.
    Active,
    /// It is over for good.
    Ended,
}

impl AccountState {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, StorageError> {
        match text {
            "invited" => Ok(Self::Invited),
            "active" => Ok(Self::Active),
            "ended" => Ok(Self::Ended),
            _ => Err(StorageError::Invalid("state of an account")),
        }
    }
}

/// An account as it is stored.
#[derive(Debug)]
pub struct StoredAccount {
    /// Id and role.
    pub account: Account,
    /// The person's name.
    pub name: String,
    /// Whether it may be used.
    pub state: AccountState,
    /// The PHC string of the password, once there is one.
    pub password: Option<Zeroizing<String>>,
    /// Whether it has a second factor.
    pub second_factor: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub ended_at: Option<i64>,
}

/// An account to make.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Id and role.
    pub account: &'a Account,
    /// The person's name.
    pub name: &'a PersonName,
    /// The PHC string of the password; without one the account is invited only.
    pub password: Option<&'a str>,
}

/// What two names are compared by: compatibility forms and case make no difference.
#[must_use]
pub fn name_key(name: &str) -> String {
    name.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The stable name of a role.
#[must_use]
pub const fn role_text(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Supervisor => "supervisor",
        Role::Operator => "operator",
        Role::Auditor => "auditor",
    }
}

pub(super) fn role(text: &str) -> Result<Role, StorageError> {
    match text {
        "administrator" => Ok(Role::Administrator),
        "supervisor" => Ok(Role::Supervisor),
        "operator" => Ok(Role::Operator),
        "auditor" => Ok(Role::Auditor),
        _ => Err(StorageError::Invalid("role")),
    }
}

impl Storage {
    /// The account of a name.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn account_of_name(&self, name: &str) -> Result<Option<StoredAccount>, StorageError> {
        // No name has one, and PostgreSQL takes no text that does.
        if name.contains('\0') {
            return Ok(None);
        }
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

    /// The accounts after the one of id `after`, in the order of their ids; `limit` of them at most.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn accounts(&self, after: Option<&str>, limit: u64) -> Result<Vec<StoredAccount>, StorageError> {
        let mut query = account::Entity::find().order_by_asc(account::Column::Id).limit(limit);
        if let Some(after) = after {
            query = query.filter(account::Column::Id.gt(after));
        }
        query.all(&self.database).await?.into_iter().map(StoredAccount::try_from).collect()
    }

    /// How many administrators can sign in.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn active_administrators(&self) -> Result<u64, StorageError> {
        count_administrators(&self.database).await
    }
}

async fn count_administrators(database: &impl ConnectionTrait) -> Result<u64, StorageError> {
    Ok(account::Entity::find()
        .filter(account::Column::Role.eq(role_text(Role::Administrator)))
        .filter(account::Column::State.eq(AccountState::Active.as_str()))
        .count(database)
        .await?)
}

impl Writing<'_> {
    /// Adds an account.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if the name, or one that looks like it, is taken.
    pub async fn add_account(&mut self, new: NewAccount<'_>, actor: Actor, at: i64) -> Result<(), StorageError> {
        let state = if new.password.is_some() { AccountState::Active } else { AccountState::Invited };
        let row = account::ActiveModel {
            id: Set(new.account.id.to_string()),
            name: Set(new.name.as_str().to_owned()),
            name_key: Set(name_key(new.name.as_str())),
            role: Set(role_text(new.account.role).to_owned()),
            state: Set(state.as_str().to_owned()),
            password: Set(new.password.map(str::to_owned)),
            created_at: Set(at),
            ..Default::default()
        };
        account::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        let event = Event::new(Action::AccountCreated, actor, at).about(new.account.id.to_string());
        self.log(event.with("role", role_text(new.account.role)).personal(NAME, new.name.as_str())).await
    }

    /// Changes name and role of an account that has not ended.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if the name, or one that looks like it, is taken.
    pub async fn change_account(
        &mut self,
        id: &OperatorId,
        name: &PersonName,
        new_role: Role,
        event: Event,
    ) -> Result<(), StorageError> {
        let row = account::ActiveModel {
            id: Set(id.to_string()),
            name: Set(name.as_str().to_owned()),
            name_key: Set(name_key(name.as_str())),
            role: Set(role_text(new_role).to_owned()),
            ..Default::default()
        };
        row.update(self.transaction()).await?;
        self.log(event.about(id.to_string()).with("role", role_text(new_role)).personal(NAME, name.as_str())).await
    }

    /// Gives an account a password; an invited one is active from now on. Says whether the account was still there: one
    /// that has ended stays so.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn set_password(
        &mut self,
        id: &OperatorId,
        hash: &str,
        actor: Actor,
        at: i64,
    ) -> Result<bool, StorageError> {
        let row = account::ActiveModel {
            state: Set(AccountState::Active.as_str().to_owned()),
            password: Set(Some(hash.to_owned())),
            ..Default::default()
        };
        let set = account::Entity::update_many()
            .set(row)
            .filter(account::Column::Id.eq(id.as_str()))
            .filter(account::Column::State.ne(AccountState::Ended.as_str()))
            .exec(self.transaction())
            .await?;
        if set.rows_affected == 0 {
            return Ok(false);
        }
        self.log(Event::new(Action::PasswordChanged, actor, at).about(id.to_string())).await?;
        Ok(true)
    }

    /// How many administrators can sign in, counted where nobody can take one meanwhile.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn active_administrators(&self) -> Result<u64, StorageError> {
        count_administrators(self.transaction()).await
    }

    /// Ends an account for good: what it could prove itself with is deleted.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn end_account(&mut self, id: &OperatorId, event: Event) -> Result<(), StorageError> {
        let row = account::ActiveModel {
            id: Set(id.to_string()),
            state: Set(AccountState::Ended.as_str().to_owned()),
            password: Set(None),
            totp: Set(None),
            totp_step: Set(None),
            ended_at: Set(Some(event.at)),
            ..Default::default()
        };
        row.update(self.transaction()).await?;
        let id = id.as_str();
        let transaction = self.transaction();
        recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(id)).exec(transaction).await?;
        account_link::Entity::delete_many().filter(account_link::Column::AccountId.eq(id)).exec(transaction).await?;
        group_member::Entity::delete_many().filter(group_member::Column::AccountId.eq(id)).exec(transaction).await?;
        address_rule::Entity::delete_many().filter(address_rule::Column::AccountId.eq(id)).exec(transaction).await?;
        self.log(event.about(id)).await
    }
}

impl TryFrom<account::Model> for StoredAccount {
    type Error = StorageError;

    fn try_from(row: account::Model) -> Result<Self, StorageError> {
        let id = row.id.parse().map_err(|_| StorageError::Invalid("account id"))?;
        Ok(Self {
            account: Account { id, role: role(&row.role)? },
            name: row.name,
            state: AccountState::parse(&row.state)?,
            password: row.password.map(Zeroizing::new),
            second_factor: row.totp.is_some(),
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
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
