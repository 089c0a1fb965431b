//! Writing the log: all records of one turn of the switchboard in one transaction.

use beside_broker_core::Record;
use beside_broker_core::effect::Side;
use beside_protocol::end::End;
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::SessionEvent;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    TransactionTrait as _,
};
use serde::Serialize;

use super::entity::{live_sign_in, session, session_event, sign_in};
use super::{Storage, StorageError};

impl Storage {
    /// Writes records, all or none.
    ///
    /// # Errors
    /// [`StorageError::Exists`] for the knock of a session that was there before; else see [`StorageError`].
    pub async fn write(&self, records: &[Record]) -> Result<(), StorageError> {
        if records.is_empty() {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        for record in records {
            write(&transaction, record).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn write(transaction: &DatabaseTransaction, record: &Record) -> Result<(), StorageError> {
    match record {
        Record::SignIn { account, address, outcome, at } => {
            let row = sign_in::ActiveModel {
                account_id: Set(account.as_ref().map(ToString::to_string)),
                address: Set(address.to_string()),
                outcome: Set(outcome.as_str().to_owned()),
                at: Set(*at),
                ..Default::default()
            };
            row.insert(transaction).await?;
        }
        Record::SignInBegan { account, token, at } => {
            let row = live_sign_in::ActiveModel {
                token_hash: Set(token.0.to_vec()),
                account_id: Set(account.to_string()),
                began_at: Set(*at),
            };
            live_sign_in::Entity::insert(row).exec_without_returning(transaction).await?;
        }
        Record::SignInEnded { token } => {
            live_sign_in::Entity::delete_by_id(token.0.to_vec()).exec(transaction).await?;
        }
        Record::Knocked { sid, token, operator, customer, operator_address, attempt, at } => {
            let row = session::ActiveModel {
                sid: Set(sid.to_text()),
                operator_id: Set(operator.to_string()),
                operator_address: Set(operator_address.map(|address| address.to_string())),
                customer_address: Set(customer.to_string()),
                attempt: Set(i16::from(*attempt)),
                knocked_at: Set(*at),
                differs: Set(false),
                token_hash: Set(Some(token.0.to_vec())),
                ..Default::default()
            };
            session::Entity::insert(row).exec_without_returning(transaction).await?;
        }
        Record::Named { sid, name } => {
            let named =
                session::ActiveModel { customer_name: Set(Some(name.as_str().to_owned())), ..Default::default() };
            update(transaction, *sid, named).await?;
        }
        Record::Accepted { sid, operator_address, at } => {
            let accepted = session::ActiveModel {
                operator_address: Set(Some(operator_address.to_string())),
                accepted_at: Set(Some(*at)),
                ..Default::default()
            };
            update(transaction, *sid, accepted).await?;
        }
        Record::Reported { sid, side, event, at } => report(transaction, *sid, *side, *event, *at).await?,
        Record::EndReported { sid, side, end, at } => {
            let row = session_event::ActiveModel {
                end_by: Set(text(end.by)),
                end_reason: Set(text(end.reason)),
                end_error: Set(end.error.map(|error| error.to_string())),
                ..event(*sid, *side, "end", *at)
            };
            row.insert(transaction).await?;
        }
        Record::Ended { sid, end, at } => update(transaction, *sid, ended(*end, *at)).await?,
        Record::Differs(sid) => {
            update(transaction, *sid, session::ActiveModel { differs: Set(true), ..Default::default() }).await?;
        }
    }
    Ok(())
}

async fn report(
    transaction: &DatabaseTransaction,
    sid: SessionId,
    side: Side,
    reported: SessionEvent,
    at: i64,
) -> Result<(), StorageError> {
    let row = |kind| event(sid, side, kind, at);
    let (row, column) = match reported {
        SessionEvent::Verdict { accepted: true } => (row("accepted"), Some(session::Column::VerdictAt)),
        SessionEvent::Verdict { accepted: false } => (row("refused"), Some(session::Column::VerdictAt)),
        SessionEvent::Checked => (row("checked"), Some(session::Column::CheckedAt)),
        SessionEvent::HandshakeFailed => (row("handshake_failed"), None),
        SessionEvent::Asked { right } => (session_event::ActiveModel { right: Set(text(right)), ..row("asked") }, None),
        SessionEvent::Granted { right, seconds } => {
            let granted = session_event::ActiveModel {
                right: Set(text(right)),
                seconds: Set(Some(i64::from(seconds))),
                ..row("granted")
            };
            (granted, None)
        }
        SessionEvent::Denied { right } => {
            (session_event::ActiveModel { right: Set(text(right)), ..row("denied") }, None)
        }
        SessionEvent::RightEnded { right } => {
            (session_event::ActiveModel { right: Set(text(right)), ..row("right_ended") }, None)
        }
        SessionEvent::Path { path, delay_ms } => {
            let moved = session_event::ActiveModel {
                path: Set(text(path)),
                delay_ms: Set(delay_ms.map(|delay| i32::try_from(delay).unwrap_or(i32::MAX))),
                ..row("path")
            };
            (moved, None)
        }
    };
    row.insert(transaction).await?;
    if let Some(column) = column {
        // The first of the two sides to say it dates it.
        session::Entity::update_many()
            .col_expr(column, at.into())
            .filter(session::Column::Sid.eq(sid.to_text()))
            .filter(column.is_null())
            .exec(transaction)
            .await?;
    }
    Ok(())
}

async fn update(
    transaction: &DatabaseTransaction,
    sid: SessionId,
    change: session::ActiveModel,
) -> Result<(), StorageError> {
    let this = session::Column::Sid.eq(sid.to_text());
    session::Entity::update_many().set(change).filter(this).exec(transaction).await?;
    Ok(())
}

fn event(sid: SessionId, side: Side, kind: &str, at: i64) -> session_event::ActiveModel {
    session_event::ActiveModel {
        sid: Set(sid.to_text()),
        side: Set(side.as_str().to_owned()),
        kind: Set(kind.to_owned()),
        at: Set(at),
        ..Default::default()
    }
}

fn ended(end: End, at: i64) -> session::ActiveModel {
    session::ActiveModel {
        ended_at: Set(Some(at)),
        end_by: Set(text(end.by)),
        end_reason: Set(text(end.reason)),
        end_error: Set(end.error.map(|error| error.to_string())),
        token_hash: Set(None),
        ..Default::default()
    }
}

/// The stable name that a value has on the wire.
fn text(value: impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Some(text),
        Ok(_) | Err(_) => None,
    }
}
