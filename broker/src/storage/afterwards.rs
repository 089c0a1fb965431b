//! What is said of a session once it is over.

use std::collections::BTreeSet;

use beside_broker_core::TokenHash;
use beside_protocol::afterwards::{Note, Rating};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::entity::{session, session_tag};
use super::records::text;
use super::session_changes::Change;
use super::writing::Writing;
use super::{Storage, StorageError};
use crate::audit::Event;
use crate::audit::event::NOTE;

/// How many of an operator's newest tags are looked through for those that it is offered.
const LATEST: u64 = 200;

/// Tags as they stand in one column.
const BETWEEN: &str = "\n";

/// What shows whether somebody may rate a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratable {
    /// When it ended, Unix milliseconds; nothing while it goes on.
    pub ended_at: Option<i64>,
    /// The hash of its secret.
    pub token: TokenHash,
}

impl Storage {
    /// Of a session that an operator let in; nothing of any other.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn ratable(&self, sid: &str) -> Result<Option<Ratable>, StorageError> {
        let Some(row) = session::Entity::find_by_id(sid).one(&self.database).await? else { return Ok(None) };
        let token = row.token_hash.map(|hash| hash.try_into().map_err(|_| StorageError::Invalid("token")));
        let accepted = token.transpose()?.filter(|_| row.accepted_at.is_some());
        Ok(accepted.map(|token| Ratable { ended_at: row.ended_at, token: TokenHash(token) }))
    }

    /// The tags that an operator gave lately, the newest first, each once.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn latest_tags(&self, operator: &str) -> Result<Vec<String>, StorageError> {
        let rows: Vec<Option<String>> = session::Entity::find()
            .select_only()
            .column(session::Column::Tags)
            .filter(session::Column::OperatorId.eq(operator))
            .order_by_desc(session::Column::KnockedAt)
            .limit(LATEST)
            .into_tuple()
            .all(&self.database)
            .await?;
        let (mut seen, mut tags) = (BTreeSet::new(), Vec::new());
        for tag in rows.iter().flatten().flat_map(|tags| split(tags)) {
            if seen.insert(tag) {
                tags.push(tag.to_owned());
            }
        }
        Ok(tags)
    }
}

impl Writing<'_> {
    /// Keeps the customer's rating, in the place of an earlier one.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn rate(&mut self, sid: &str, rating: Rating, event: Event) -> Result<(), StorageError> {
        let (solved, felt) = (rating.solved, rating.felt.and_then(text));
        self.change_session(sid, Change::Rated { solved, felt: felt.clone() }).await?;
        self.log(event.about(sid.to_owned()).with_some("solved", solved).with_some("felt", felt)).await
    }

    /// Keeps what the operator says of a session, in the place of what it said before. Returns whether `operator` has such
    /// a session.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn note(&mut self, sid: &str, operator: &str, note: &Note, event: Event) -> Result<bool, StorageError> {
        let own = session::Entity::find_by_id(sid).filter(session::Column::OperatorId.eq(operator));
        let Some(row) = own.one(self.transaction()).await? else { return Ok(false) };
        session_tag::Entity::delete_many().filter(session_tag::Column::Sid.eq(sid)).exec(self.transaction()).await?;
        self.note_first(sid, row.knocked_at, note, event).await?;
        Ok(true)
    }

    /// The same of a session of which nothing was said yet.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub(crate) async fn note_first(
        &mut self,
        sid: &str,
        knocked_at: i64,
        note: &Note,
        event: Event,
    ) -> Result<(), StorageError> {
        let said = (!note.text.is_empty()).then_some(note.text.as_str());
        let sealed = said.map(|said| self.seal(said, &session_note_of(sid))).transpose()?;
        let tags = (!note.tags.is_empty()).then(|| note.tags.join(BETWEEN));
        let outcome = note.outcome.and_then(text);
        let noted = Change::Noted { outcome: outcome.clone(), tags: tags.clone(), note: sealed };
        self.change_session(sid, noted).await?;
        self.pending.tagged(note.tags.iter().map(|tag| session_tag::ActiveModel {
            sid: Set(sid.to_owned()),
            tag: Set(tag.clone()),
            knocked_at: Set(knocked_at),
        }));
        let event = event.about(sid.to_owned()).with_some("outcome", outcome).with_some("tags", tags);
        let event = match said {
            Some(said) => event.personal(NOTE, said),
            None => event,
        };
        self.log(event).await
    }
}

/// The tags of a column.
pub(super) fn split(tags: &str) -> impl Iterator<Item = &str> {
    tags.split(BETWEEN)
}

/// What the sealed note of a session belongs to.
pub(super) fn session_note_of(sid: &str) -> String {
    format!("sessions/{sid}/note")
}
