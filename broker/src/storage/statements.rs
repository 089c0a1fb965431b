//! The newest signed statements, kept as bytes; whoever reads them verifies them anew.

use beside_identity::{Kind, UnixTime};
use beside_protocol::ids::OperatorId;
use sea_orm::sea_query::{ExprTrait as _, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::accounts::AccountState;
use super::entity::{account, statement};
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::{Action, Actor, Event};

/// A statement to keep, verified by the caller.
#[derive(Debug)]
pub struct NewStatement<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Whom it is about, for kind 2.
    pub about: Option<&'a OperatorId>,
    /// When it was signed.
    pub issued: UnixTime,
    /// When it ends.
    pub expires: UnixTime,
    /// The statement.
    pub bytes: &'a [u8],
    /// Unix milliseconds.
    pub at: i64,
}

impl Writing<'_> {
    /// Keeps a statement.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn add_statement(&mut self, new: NewStatement<'_>, actor: Actor) -> Result<(), StorageError> {
        let row = statement::ActiveModel {
            kind: Set(new.kind as i16),
            account_id: Set(new.about.map(ToString::to_string)),
            issued: Set(seconds(new.issued)?),
            expires: Set(seconds(new.expires)?),
            bytes: Set(new.bytes.to_vec()),
            uploaded_by: Set(actor.account().map_or_else(|| actor.via().to_string(), ToString::to_string)),
            uploaded_at: Set(new.at),
            ..Default::default()
        };
        row.insert(self.transaction()).await?;
        let mut event = Event::new(Action::StatementUploaded, actor, new.at).with("kind", i64::from(new.kind as i16));
        event.about = new.about.map(ToString::to_string);
        self.log(event.with("expires", seconds(new.expires)?)).await
    }
}

impl Storage {
    /// The newest statement of a kind and, for kind 2, about an operator: when it was signed, and its bytes.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn newest_statement(
        &self,
        kind: Kind,
        about: Option<&OperatorId>,
    ) -> Result<Option<(UnixTime, Vec<u8>)>, StorageError> {
        let about = match about {
            Some(id) => statement::Column::AccountId.eq(id.as_str()),
            None => statement::Column::AccountId.is_null(),
        };
        let newest = statement::Entity::find()
            .filter(statement::Column::Kind.eq(kind as i16))
            .filter(about)
            .order_by_desc(statement::Column::Issued)
            .order_by_desc(statement::Column::Id)
            .one(&self.database)
            .await?;
        newest
            .map(|row| {
                let issued = u64::try_from(row.issued).map_err(|_| StorageError::Invalid("statement time"))?;
                Ok((UnixTime(issued), row.bytes))
            })
            .transpose()
    }
}

/// Whose statement it is, none for the status, and when it ends, Unix seconds.
type StatementEnd = (Option<OperatorId>, i64);

impl Storage {
    /// The newest end among the statements of each operator whose account has not ended, and of the status.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn statement_ends(&self) -> Result<Vec<StatementEnd>, StorageError> {
        let alive = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(account::Column::State.ne(AccountState::Ended.as_str()))
            .to_owned();
        let whose = statement::Column::AccountId.is_null().or(statement::Column::AccountId.in_subquery(alive));
        let ends: Vec<(Option<String>, i64)> = statement::Entity::find()
            .select_only()
            .column(statement::Column::AccountId)
            .column_as(statement::Column::Expires.max(), "ends")
            .filter(whose)
            .group_by(statement::Column::AccountId)
            .into_tuple()
            .all(&self.database)
            .await?;
        let whose = |id: Option<String>| id.map(|id| id.parse()).transpose();
        ends.into_iter()
            .map(|(id, ends)| Ok((whose(id).map_err(|_| StorageError::Invalid("account id"))?, ends)))
            .collect()
    }
}

fn seconds(time: UnixTime) -> Result<i64, StorageError> {
    i64::try_from(time.0).map_err(|_| StorageError::Invalid("statement time"))
}
