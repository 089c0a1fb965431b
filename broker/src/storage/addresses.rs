//! From where and when accounts may be used.

use beside_broker_core::address_rules::AddressRange;
use beside_broker_core::hours::{Hours, HoursForm};
use beside_protocol::ids::OperatorId;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::AccountState;
use super::entity::{account, address_rule, audit, group, group_member};
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::access::{AccessRules, Limits};
use crate::audit::event::{HOURS, RANGE};
use crate::audit::{Action, Event};

/// Whose list it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// An account's.
    Account(OperatorId),
    /// A group's.
    Group(String),
}

impl Owner {
    fn id(&self) -> &str {
        match self {
            Self::Account(id) => id.as_str(),
            Self::Group(id) => id,
        }
    }

    fn filter(&self) -> sea_orm::sea_query::SimpleExpr {
        match self {
            Self::Account(id) => address_rule::Column::AccountId.eq(id.as_str()),
            Self::Group(id) => address_rule::Column::GroupId.eq(id.as_str()),
        }
    }
}

/// A listed address or range.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AddressEntry {
    /// Its id.
    pub id: String,
    /// An address or a CIDR in its canonical form.
    pub range: String,
    /// What the administrator wrote beside it.
    pub comment: String,
    /// Who listed it.
    pub added_by: String,
    /// Unix milliseconds.
    pub added_at: i64,
}

/// Actions after which [`AccessRules`] must be read again.
const CHANGES: &[Action] = &[
    Action::AccountChanged,
    Action::AccountEnded,
    Action::GroupDeleted,
    Action::GroupJoined,
    Action::GroupLeft,
    Action::AddressAdded,
    Action::AddressRemoved,
    Action::HoursChanged,
    Action::PolicyChanged,
    Action::BlockMade,
    Action::BlockLifted,
];

impl Storage {
    /// The list of an account or a group, oldest first.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn addresses(&self, owner: &Owner) -> Result<Vec<AddressEntry>, StorageError> {
        let rows = address_rule::Entity::find()
            .filter(owner.filter())
            .order_by_asc(address_rule::Column::AddedAt)
            .order_by_asc(address_rule::Column::Id)
            .all(&self.database)
            .await?;
        Ok(rows.into_iter().map(AddressEntry::from).collect())
    }

    /// The hours of an account or a group, as they were set; nothing for any hour, and of nobody.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn hours(&self, owner: &Owner) -> Result<Option<HoursForm>, StorageError> {
        let text = match owner {
            Owner::Account(id) => {
                account::Entity::find_by_id(id.as_str()).one(&self.database).await?.and_then(|row| row.hours)
            }
            Owner::Group(id) => {
                group::Entity::find_by_id(id.as_str()).one(&self.database).await?.and_then(|row| row.hours)
            }
        };
        text.as_deref().map(form).transpose()
    }

    /// Everything that is set and, at `now` (Unix milliseconds), has not run out, and the newest row of the audit log that it
    /// takes into account.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn access_rules(&self, now: i64) -> Result<(AccessRules, i64), StorageError> {
        // The row first: what is changed while the rest is read is seen the next time.
        let seen = self.newest_change(0).await?.unwrap_or(0);
        let mut rules =
            AccessRules { policy: self.policy().await?, blocks: self.blocked(now).await?, ..AccessRules::default() };
        let with_hours = account::Entity::find().filter(account::Column::Hours.is_not_null());
        for row in with_hours.all(&self.database).await? {
            rules.accounts.entry(account_id(&row.id)?).or_default().hours = hours(row.hours.as_deref())?;
        }
        let ended: Vec<String> = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::State.eq(AccountState::Ended.as_str()))
            .into_tuple()
            .all(&self.database)
            .await?;
        rules.ended = ended.iter().map(|id| account_id(id)).collect::<Result<_, _>>()?;
        for row in group::Entity::find().all(&self.database).await? {
            let limits = Limits { ranges: Vec::new(), hours: hours(row.hours.as_deref())? };
            rules.groups.insert(row.id, limits);
        }
        for row in address_rule::Entity::find().all(&self.database).await? {
            let range: AddressRange = row.range.parse().map_err(|_| StorageError::Invalid("address rule"))?;
            if let Some(id) = &row.account_id {
                rules.accounts.entry(account_id(id)?).or_default().ranges.push(range);
            }
            if let Some(limits) = row.group_id.and_then(|id| rules.groups.get_mut(&id)) {
                limits.ranges.push(range);
            }
        }
        for row in group_member::Entity::find().all(&self.database).await? {
            rules.memberships.entry(account_id(&row.account_id)?).or_default().insert(row.group_id);
        }
        Ok((rules, seen))
    }

    /// The newest row of the audit log after `seq` that changed [`AccessRules`].
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn newest_change(&self, seq: i64) -> Result<Option<i64>, StorageError> {
        let newest: Option<Option<i64>> = audit::Entity::find()
            .select_only()
            .column_as(audit::Column::Seq.max(), "newest")
            .filter(audit::Column::Seq.gt(seq))
            .filter(audit::Column::Action.is_in(CHANGES.iter().map(|action| action.as_str())))
            .into_tuple()
            .one(&self.database)
            .await?;
        Ok(newest.flatten())
    }
}

impl Writing<'_> {
    /// Lists an address or range.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn add_address(&mut self, owner: &Owner, entry: &AddressEntry, event: Event) -> Result<(), StorageError> {
        let (account, group) = match owner {
            Owner::Account(id) => (Some(id.to_string()), None),
            Owner::Group(id) => (None, Some(id.clone())),
        };
        let row = address_rule::ActiveModel {
            id: Set(entry.id.clone()),
            account_id: Set(account),
            group_id: Set(group),
            range: Set(entry.range.clone()),
            comment: Set(entry.comment.clone()),
            added_by: Set(entry.added_by.clone()),
            added_at: Set(entry.added_at),
        };
        address_rule::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        self.log(event.about(owner.id()).personal(RANGE, entry.range.as_str())).await
    }

    /// Takes an entry off a list. Says whether it stood there.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn remove_address(&mut self, owner: &Owner, id: &str, event: Event) -> Result<bool, StorageError> {
        let this = address_rule::Entity::find_by_id(id).filter(owner.filter());
        let Some(row) = this.one(self.transaction()).await? else { return Ok(false) };
        address_rule::Entity::delete_by_id(id).exec(self.transaction()).await?;
        self.log(event.about(owner.id()).personal(RANGE, row.range)).await?;
        Ok(true)
    }

    /// Sets the hours of an account or a group.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn set_hours(
        &mut self,
        owner: &Owner,
        hours: Option<&HoursForm>,
        event: Event,
    ) -> Result<(), StorageError> {
        let text = hours.map(serde_json::to_string).transpose().map_err(|_| StorageError::Invalid("hours"))?;
        match owner {
            Owner::Account(id) => {
                let row =
                    account::ActiveModel { id: Set(id.to_string()), hours: Set(text.clone()), ..Default::default() };
                row.update(self.transaction()).await?;
            }
            Owner::Group(id) => {
                let row = group::ActiveModel { id: Set(id.clone()), hours: Set(text.clone()), ..Default::default() };
                row.update(self.transaction()).await?;
            }
        }
        let event = event.about(owner.id());
        let event = match text {
            Some(text) => event.personal(HOURS, text),
            None => event,
        };
        self.log(event).await
    }
}

impl From<address_rule::Model> for AddressEntry {
    fn from(row: address_rule::Model) -> Self {
        Self { id: row.id, range: row.range, comment: row.comment, added_by: row.added_by, added_at: row.added_at }
    }
}

fn account_id(text: &str) -> Result<OperatorId, StorageError> {
    text.parse().map_err(|_| StorageError::Invalid("account id"))
}

fn hours(text: Option<&str>) -> Result<Option<Hours>, StorageError> {
    let Some(text) = text else { return Ok(None) };
    Hours::parse(&form(text)?).map(Some).map_err(|_| StorageError::Invalid("hours"))
}

fn form(text: &str) -> Result<HoursForm, StorageError> {
    serde_json::from_str(text).map_err(|_| StorageError::Invalid("hours"))
}
