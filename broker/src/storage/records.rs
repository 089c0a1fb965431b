//! Writing what the switchboard recorded: all records of one turn in one transaction, each with its audit row.

use beside_broker_core::Record;
use beside_broker_core::effect::Side;
use beside_protocol::end::End;
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::SessionEvent;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entity::{live_sign_in, session};
use super::session_changes::Change;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::event::{DEVICE, NAME, OPERATOR_PLACE, PLACE};
use crate::audit::{Action, Actor, Event};

impl Storage {
    /// Writes records, all or none.
    ///
    /// # Errors
    /// [`StorageError::Exists`] for the knock of a session that was there before; else see [`StorageError`].
    pub async fn write<'a>(&self, records: impl IntoIterator<Item = &'a Record>) -> Result<(), StorageError> {
        let mut records = records.into_iter().peekable();
        if records.peek().is_none() {
            return Ok(());
        }
        let mut writing = self.writing().await?;
        for record in records {
            write(&mut writing, record).await?;
        }
        writing.commit().await
    }
}

/// Writes one record as a part of a change.
pub(crate) async fn write(writing: &mut Writing<'_>, record: &Record) -> Result<(), StorageError> {
    match record {
        Record::SignIn { account, address, outcome, at } => {
            let (action, actor) = match account {
                Some(account) if outcome.succeeded() => (Action::SignInSucceeded, Actor::Account(account.clone())),
                Some(_) | None => (Action::SignInRefused, Actor::Broker),
            };
            let mut event = Event::new(action, actor, *at).with("outcome", outcome.as_str()).from(*address);
            // A refused sign-in was not done by the account, but it is about it.
            event.about = account.as_ref().map(ToString::to_string);
            writing.log(event).await?;
        }
        Record::SignInBegan { account, token, at } => {
            let row = live_sign_in::ActiveModel {
                token_hash: Set(token.0.to_vec()),
                account_id: Set(account.to_string()),
                began_at: Set(*at),
            };
            live_sign_in::Entity::insert(row).exec_without_returning(writing.transaction()).await?;
        }
        // That the second factor was given again is in the log already.
        Record::SignInRenewed { old, new } => {
            live_sign_in::Entity::update_many()
                .col_expr(live_sign_in::Column::TokenHash, Expr::value(new.0.to_vec()))
                .filter(live_sign_in::Column::TokenHash.eq(old.0.to_vec()))
                .exec(writing.transaction())
                .await?;
        }
        Record::SignInEnded { account, token, at } => {
            live_sign_in::Entity::delete_by_id(token.0.to_vec()).exec(writing.transaction()).await?;
            let event = Event::new(Action::SignInEnded, Actor::Broker, *at).about(account.to_string());
            writing.log(event).await?;
        }
        Record::Knocked { sid, token, operator, customer, device, operator_address, attempt, at } => {
            let sid_text = sid.to_text();
            let device = device.map(|device| device.to_string());
            let row = session::Model {
                operator_id: operator.to_string(),
                operator_address: match operator_address {
                    Some(address) => Some(writing.seal(&address.to_string(), &operator_address_of(&sid_text))?),
                    None => None,
                },
                customer_address: Some(writing.seal(&customer.to_string(), &customer_address_of(&sid_text))?),
                customer_name: None,
                device: device.clone(),
                attempt: i16::from(*attempt),
                knocked_at: *at,
                accepted_at: None,
                verdict_at: None,
                checked_at: None,
                ended_at: None,
                end_by: None,
                end_reason: None,
                end_error: None,
                paths: String::new(),
                granted: String::new(),
                carried: None,
                differs: false,
                token_hash: Some(token.0.to_vec()),
                outcome: None,
                tags: None,
                note: None,
                solved: None,
                felt: None,
                sid: sid_text.clone(),
            };
            writing.begin_session(row).await?;
            let event = Event::new(Action::SessionKnocked, Actor::Customer, *at).about(sid_text);
            let mut event =
                event.with("operator", operator.as_str()).with("attempt", i64::from(*attempt)).from(*customer);
            if let Some(address) = operator_address {
                event = event.personal(OPERATOR_PLACE, address.to_string());
            }
            if let Some(device) = device {
                event = event.personal(DEVICE, device);
            }
            writing.log(event).await?;
        }
        Record::Named { sid, name, at } => {
            let sid = sid.to_text();
            let sealed = writing.seal(name.as_str(), &customer_name_of(&sid))?;
            writing.index_name(&sid, name).await?;
            writing.change_session(&sid, Change::Named(sealed)).await?;
            let event = Event::new(Action::SessionNamed, Actor::Customer, *at).about(sid);
            writing.log(event.personal(NAME, name.as_str())).await?;
        }
        Record::Accepted { sid, operator, operator_address, at } => {
            let sid = sid.to_text();
            let address = writing.seal(&operator_address.to_string(), &operator_address_of(&sid))?;
            writing.change_session(&sid, Change::Accepted { address, at: *at }).await?;
            let event = Event::new(Action::SessionAccepted, Actor::Account(operator.clone()), *at).about(sid);
            writing.log(event.personal(PLACE, operator_address.to_string())).await?;
        }
        Record::Reported { sid, side, event, at } => report(writing, *sid, *side, *event, *at).await?,
        Record::EndReported { sid, side, end, at } => {
            let event = reported(*sid, *side, "end", *at);
            writing.log(with_end(event, *end)).await?;
        }
        Record::Ended { sid, end, at } => {
            let sid = sid.to_text();
            let ended = Change::Ended {
                at: *at,
                by: text(end.by),
                reason: text(end.reason),
                error: end.error.map(|error| error.to_string()),
            };
            writing.change_session(&sid, ended).await?;
            writing.log(with_end(Event::new(Action::SessionEnded, Actor::Broker, *at).about(sid), *end)).await?;
        }
        Record::Differs { sid, at } => {
            let sid = sid.to_text();
            writing.change_session(&sid, Change::Differs).await?;
            writing.log(Event::new(Action::SessionDiffers, Actor::Broker, *at).about(sid)).await?;
        }
    }
    Ok(())
}

async fn report(
    writing: &mut Writing<'_>,
    sid: SessionId,
    side: Side,
    event: SessionEvent,
    at: i64,
) -> Result<(), StorageError> {
    let row = |kind| reported(sid, side, kind, at);
    let (row, change) = match event {
        SessionEvent::Verdict { accepted } => {
            let kind = if accepted { "accepted" } else { "refused" };
            (row(kind), Some(Change::Decided(at)))
        }
        SessionEvent::Checked => (row("checked"), Some(Change::Checked(at))),
        SessionEvent::HandshakeFailed => (row("handshake_failed"), None),
        SessionEvent::Asked { right } => (row("asked").with_some("right", text(right)), None),
        SessionEvent::Granted { right, seconds } => {
            let right = text(right);
            let began = right.clone().map(Change::Granted);
            (row("granted").with_some("right", right).with("seconds", i64::from(seconds)), began)
        }
        SessionEvent::Denied { right } => (row("denied").with_some("right", text(right)), None),
        SessionEvent::RightEnded { right } => (row("right_ended").with_some("right", text(right)), None),
        SessionEvent::Path { path, delay_ms } => {
            let path = text(path);
            let moved = path.clone().map(|path| Change::Moved(side, path));
            (row("path").with_some("path", path).with_some("delay_ms", delay_ms.map(i64::from)), moved)
        }
    };
    writing.log(row).await?;
    match change {
        Some(change) => writing.change_session(&sid.to_text(), change).await,
        None => Ok(()),
    }
}

fn reported(sid: SessionId, side: Side, kind: &str, at: i64) -> Event {
    let event = Event::new(Action::SessionReported, Actor::Broker, at).about(sid.to_text());
    event.with("side", side.as_str()).with("kind", kind)
}

fn with_end(event: Event, end: End) -> Event {
    event
        .with_some("by", text(end.by))
        .with_some("end", text(end.reason))
        .with_some("error", end.error.map(|error| error.to_string()))
}

/// What the sealed columns of a session belong to.
pub(super) fn operator_address_of(sid: &str) -> String {
    format!("sessions/{sid}/operator_address")
}

/// See [`operator_address_of`].
pub(super) fn customer_address_of(sid: &str) -> String {
    format!("sessions/{sid}/customer_address")
}

/// See [`operator_address_of`].
pub(super) fn customer_name_of(sid: &str) -> String {
    format!("sessions/{sid}/customer_name")
}

/// The stable name that a value has on the wire.
pub(crate) fn text(value: impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Some(text),
        Ok(_) | Err(_) => None,
    }
}

/// What has this stable name on the wire.
pub(super) fn word<T: DeserializeOwned>(text: String) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text)).ok()
}
