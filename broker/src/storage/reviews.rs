//! What a monthly access review is made of, and its sign-offs.

use std::collections::BTreeMap;

use beside_broker_core::month::Month;
use beside_protocol::ids::OperatorId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::AccountState;
use super::audit::{AuditQuery, condition};
use super::entity::{account, audit, review};
use super::sessions::Person;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::Event;
use crate::audit::event::NOTE;

/// An auditor's word that a month was looked through.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignOff {
    /// Who.
    pub by: Person,
    /// When: Unix milliseconds.
    pub at: i64,
    /// What the auditor wrote.
    pub note: String,
    /// The hash of the report that the auditor read.
    pub report_hash: String,
}

/// How many accounts there are of one role in one state.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountCount {
    /// The role.
    pub role: String,
    /// The state.
    pub state: AccountState,
    /// How many.
    pub accounts: i64,
}

/// How often an account stands for something in the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Share {
    /// Whose; none if it is no account's, such as a sign-in under a name that no account has, or what a program did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Person>,
    /// How often.
    pub count: i64,
}

/// Whose rows are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Those of one account's doing.
    Account,
    /// Those about one account.
    About,
}

/// What a sealed note belongs to.
pub(super) fn note_of(month: &str, by: &str) -> String {
    format!("reviews/{month}/{by}/note")
}

impl Storage {
    /// The sign-offs of a month, or of all, by month and in the order in which they came.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn sign_offs(&self, month: Option<Month>) -> Result<BTreeMap<String, Vec<SignOff>>, StorageError> {
        let mut select = review::Entity::find().order_by_asc(review::Column::SignedOffAt);
        if let Some(month) = month {
            select = select.filter(review::Column::Month.eq(month.to_string()));
        }
        let rows = select.all(&self.database).await?;
        self.know_keys(rows.iter().map(|row| row.note.as_str())).await?;
        let names = self.names(rows.iter().map(|row| row.signed_off_by.as_str())).await?;
        let mut sign_offs: BTreeMap<String, Vec<SignOff>> = BTreeMap::new();
        for row in rows {
            let note = self.sealing.open(&row.note, &note_of(&row.month, &row.signed_off_by))?;
            let name = names.get(&row.signed_off_by).cloned().unwrap_or_default();
            sign_offs.entry(row.month).or_default().push(SignOff {
                by: Person { id: row.signed_off_by, name },
                at: row.signed_off_at,
                note: note.as_str().to_owned(),
                report_hash: row.report_hash,
            });
        }
        Ok(sign_offs)
    }

    /// When the log begins, as far as it is kept: Unix milliseconds.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn log_begins(&self) -> Result<Option<i64>, StorageError> {
        // By time, which an index answers: a generated year is told after `init`, but lies before it.
        let oldest = audit::Entity::find().order_by_asc(audit::Column::At).one(&self.database).await?;
        Ok(oldest.map(|row| row.at))
    }

    /// How many rows a query finds, whatever its limit.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn count_rows(&self, query: &AuditQuery) -> Result<u64, StorageError> {
        Ok(audit::Entity::find().filter(condition(query)).count(&self.database).await?)
    }

    /// Who has how many of the rows that a query finds: those who have most first, as many as its limit says.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn shares(&self, query: &AuditQuery, by: By) -> Result<Vec<Share>, StorageError> {
        let column = match by {
            By::Account => audit::Column::AccountId,
            By::About => audit::Column::About,
        };
        let rows: Vec<(Option<String>, i64)> = audit::Entity::find()
            .select_only()
            .column(column)
            .column_as(audit::Column::Seq.count(), "rows")
            .filter(condition(query))
            .group_by(column)
            .order_by_desc(audit::Column::Seq.count())
            .order_by_asc(column)
            .limit(query.limit)
            .into_tuple()
            .all(&self.database)
            .await?;
        let names = self.names(rows.iter().filter_map(|(id, _)| id.as_deref())).await?;
        let person = |id: String| Person { name: names.get(&id).cloned().unwrap_or_default(), id };
        Ok(rows.into_iter().map(|(id, count)| Share { of: id.map(person), count }).collect())
    }

    /// How many accounts there are of each role in each state.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn account_counts(&self) -> Result<Vec<AccountCount>, StorageError> {
        let rows: Vec<(String, String, i64)> = account::Entity::find()
            .select_only()
            .columns([account::Column::Role, account::Column::State])
            .column_as(account::Column::Id.count(), "accounts")
            .group_by(account::Column::Role)
            .group_by(account::Column::State)
            .order_by_asc(account::Column::Role)
            .order_by_asc(account::Column::State)
            .into_tuple()
            .all(&self.database)
            .await?;
        let count = |(role, state, accounts): (String, String, i64)| {
            Ok(AccountCount { role, state: AccountState::parse(&state)?, accounts })
        };
        rows.into_iter().map(count).collect()
    }
}

impl Writing<'_> {
    /// Signs a month off.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if this auditor has done so before.
    pub async fn sign_off(
        &mut self,
        month: Month,
        by: &OperatorId,
        note: &str,
        report_hash: &str,
        event: Event,
    ) -> Result<(), StorageError> {
        let month = month.to_string();
        let row = review::ActiveModel {
            signed_off_by: Set(by.to_string()),
            signed_off_at: Set(event.at),
            note: Set(self.seal(note, &note_of(&month, by.as_str()))?),
            report_hash: Set(report_hash.to_owned()),
            month: Set(month.clone()),
        };
        review::Entity::insert(row).exec_without_returning(self.transaction()).await?;
        self.log(event.about(month).with("report", report_hash).personal(NOTE, note)).await
    }
}
