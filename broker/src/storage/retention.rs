//! Deleting what is past its time, in changes that are small enough for everybody else to go on.

use std::time::Duration;

use sea_orm::sea_query::{Condition, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::accounts::{AccountState, name_key};
use super::entity::{account, alert, audit, audit_personal, block, checkpoint, session, session_name, session_tag};
use super::{Storage, StorageError};
use crate::audit::{Action, Actor, Event};

/// Rows of the log that one change deletes at most, or takes the personal values of.
const ROWS: i64 = 5_000;
/// Sessions that one change takes the personal values of at most.
const SESSIONS: u64 = 1_000;
/// Accounts that one change takes the names of at most.
const ACCOUNTS: u64 = 100;
/// Between two changes: SQLite gives its lock to whoever asks at the right moment, so the others need one.
const PAUSE: Duration = Duration::from_millis(30);

impl Storage {
    /// Deletes the personal values of sessions and of rows of the log that are older than `before` (Unix ms); what the
    /// chain covers stays. Says how many values of rows and how many sessions; each change says so in the log.
    ///
    /// # Errors
    /// See [`StorageError`]; what was deleted until then stays so.
    pub async fn delete_personal_data(&self, before: i64, actor: &Actor, at: i64) -> Result<(u64, u64), StorageError> {
        let event = || Event::new(Action::PersonalDataDeleted, actor.clone(), at).with("before", before);
        // Sessions first: a session's value that its audit row no longer has looks like one that was put there.
        let mut sessions = 0;
        loop {
            let taken = self.take_sessions_personal(before, event()).await?;
            if taken == 0 {
                break;
            }
            sessions += taken;
            tokio::time::sleep(PAUSE).await;
        }
        let mut values = 0;
        let last = self.last_before(before).await?;
        while let Some(first) = self.first_personal().await?.filter(|first| *first <= last) {
            let through = Ord::min(last, first + ROWS - 1);
            let mut writing = self.writing().await?;
            let old = audit_personal::Column::Seq.lte(through);
            let deleted = audit_personal::Entity::delete_many().filter(old).exec(writing.transaction()).await?;
            values += deleted.rows_affected;
            let event = event().with("through", through);
            writing.log(event.with("values", count(deleted.rows_affected))).await?;
            writing.commit().await?;
            tokio::time::sleep(PAUSE).await;
        }
        Ok((values, sessions))
    }

    async fn take_sessions_personal(&self, before: i64, event: Event) -> Result<u64, StorageError> {
        use session::Column::{CustomerAddress, CustomerName, Device, KnockedAt, Note, OperatorAddress, Sid};
        let mut writing = self.writing().await?;
        let kept = [OperatorAddress, CustomerAddress, CustomerName, Device, Note].map(|column| column.is_not_null());
        let kept = kept.into_iter().fold(Condition::any(), Condition::add);
        let old: Vec<String> = session::Entity::find()
            .select_only()
            .column(Sid)
            .filter(KnockedAt.lt(before))
            .filter(kept)
            .order_by_asc(KnockedAt)
            .limit(SESSIONS)
            .into_tuple()
            .all(writing.transaction())
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        let nothing = session::ActiveModel {
            operator_address: Set(None),
            customer_address: Set(None),
            customer_name: Set(None),
            device: Set(None),
            note: Set(None),
            ..Default::default()
        };
        let sessions = old.len() as u64;
        let names = session_name::Entity::delete_many().filter(session_name::Column::Sid.is_in(old.iter()));
        names.exec(writing.transaction()).await?;
        session::Entity::update_many().set(nothing).filter(Sid.is_in(old)).exec(writing.transaction()).await?;
        writing.log(event.with("sessions", count(sessions))).await?;
        writing.commit().await?;
        Ok(sessions)
    }

    /// Deletes alerts that were raised, and blocks that ran out, before `before` (Unix ms). Says how many.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn delete_old_alerts(&self, before: i64, actor: &Actor, at: i64) -> Result<u64, StorageError> {
        let mut writing = self.writing().await?;
        let old = alert::Column::At.lt(before);
        let alerts = alert::Entity::delete_many().filter(old).exec(writing.transaction()).await?.rows_affected;
        let old = block::Column::ExpiresAt.lt(before);
        let blocks = block::Entity::delete_many().filter(old).exec(writing.transaction()).await?.rows_affected;
        if alerts + blocks > 0 {
            let event = Event::new(Action::PersonalDataDeleted, actor.clone(), at).with("before", before);
            writing.log(event.with("alerts", count(alerts)).with("blocks", count(blocks))).await?;
            writing.commit().await?;
        }
        Ok(alerts + blocks)
    }

    /// Replaces the names of accounts that ended before `before` (Unix ms) by their ids. Says how many.
    ///
    /// # Errors
    /// See [`StorageError`]; what was replaced until then stays so.
    pub async fn pseudonymise_accounts(&self, before: i64, actor: &Actor, at: i64) -> Result<u64, StorageError> {
        let mut replaced = 0;
        loop {
            let mut writing = self.writing().await?;
            let ended: Vec<String> = account::Entity::find()
                .select_only()
                .column(account::Column::Id)
                .filter(account::Column::State.eq(AccountState::Ended.as_str()))
                .filter(account::Column::EndedAt.lt(before))
                .filter(account::Column::PseudonymisedAt.is_null())
                .limit(ACCOUNTS)
                .into_tuple()
                .all(writing.transaction())
                .await?;
            if ended.is_empty() {
                return Ok(replaced);
            }
            for id in ended {
                let row = account::ActiveModel {
                    id: Set(id.clone()),
                    name_key: Set(name_key(&id)),
                    name: Set(id.clone()),
                    pseudonymised_at: Set(Some(at)),
                    ..Default::default()
                };
                row.update(writing.transaction()).await?;
                writing.log(Event::new(Action::AccountPseudonymised, actor.clone(), at).about(id)).await?;
                replaced += 1;
            }
            writing.commit().await?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Deletes the rows of the log that are older than `before` (Unix ms), with their sessions, up to a checkpoint that
    /// vouches for where the log stood there: verification begins with it. The change says so in the log. Rows that the
    /// witness, if there is one, does not have stay: `witnessed` is the size of its copy. Says how many rows.
    ///
    /// # Errors
    /// See [`StorageError`]; what was deleted until then stays so.
    pub async fn delete_old_rows(
        &self,
        before: i64,
        witnessed: Option<u64>,
        actor: &Actor,
        at: i64,
    ) -> Result<u64, StorageError> {
        let mut deleted = 0;
        let last = self.last_before(before).await?;
        let last = witnessed.map_or(last, |size| Ord::min(last, i64::try_from(size).unwrap_or(i64::MAX)));
        while let Some(through) = self.next_start(last).await? {
            let mut writing = self.writing().await?;
            let rows = delete_through(through, writing.transaction()).await?;
            let event = Event::new(Action::RowsDeleted, actor.clone(), at).with("before", before);
            writing.log(event.with("through", through).with("rows", count(rows))).await?;
            writing.commit().await?;
            deleted += rows;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(deleted)
    }

    /// The size of the checkpoint up to which rows can go next, none of them after `last`.
    async fn next_start(&self, last: i64) -> Result<Option<i64>, StorageError> {
        let oldest = audit::Entity::find().order_by_asc(audit::Column::Seq).one(&self.database).await?;
        let Some(first) = oldest.map(|row| row.seq).filter(|first| *first <= last) else { return Ok(None) };
        let checkpoints = checkpoint::Entity::find()
            .filter(checkpoint::Column::Size.between(first, Ord::min(last, first + ROWS - 1)))
            .order_by_desc(checkpoint::Column::Size)
            .all(&self.database)
            .await?;
        Ok(checkpoints.iter().find(|row| self.signer.vouched(row).is_some()).map(|row| row.size))
    }

    /// The last row before the first one that is not older than `before`; 0 if there is none.
    async fn last_before(&self, before: i64) -> Result<i64, StorageError> {
        let first_kept = audit::Entity::find()
            .filter(audit::Column::At.gte(before))
            .order_by_asc(audit::Column::At)
            .order_by_asc(audit::Column::Seq)
            .one(&self.database)
            .await?;
        if let Some(row) = first_kept {
            return Ok(row.seq - 1);
        }
        let newest = audit::Entity::find().order_by_desc(audit::Column::Seq).one(&self.database).await?;
        Ok(newest.map_or(0, |row| row.seq))
    }

    async fn first_personal(&self) -> Result<Option<i64>, StorageError> {
        let first: Option<Option<i64>> = audit_personal::Entity::find()
            .select_only()
            .column_as(audit_personal::Column::Seq.min(), "first")
            .into_tuple()
            .one(&self.database)
            .await?;
        Ok(first.flatten())
    }
}

async fn delete_through(through: i64, database: &impl ConnectionTrait) -> Result<u64, StorageError> {
    let begun = Query::select()
        .column(audit::Column::About)
        .from(audit::Entity)
        .and_where(audit::Column::Seq.lte(through))
        .and_where(audit::Column::Action.eq(Action::SessionKnocked.as_str()))
        .to_owned();
    let tags = session_tag::Entity::delete_many().filter(session_tag::Column::Sid.in_subquery(begun.clone()));
    tags.exec(database).await?;
    let names = session_name::Entity::delete_many().filter(session_name::Column::Sid.in_subquery(begun.clone()));
    names.exec(database).await?;
    session::Entity::delete_many().filter(session::Column::Sid.in_subquery(begun)).exec(database).await?;
    audit_personal::Entity::delete_many().filter(audit_personal::Column::Seq.lte(through)).exec(database).await?;
    checkpoint::Entity::delete_many().filter(checkpoint::Column::Size.lt(through)).exec(database).await?;
    let rows = audit::Entity::delete_many().filter(audit::Column::Seq.lte(through)).exec(database).await?;
    Ok(rows.rows_affected)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
