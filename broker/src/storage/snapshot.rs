//! The log as it stood at one moment, page by page, for whoever verifies it while the broker goes on writing.

use std::collections::BTreeMap;

use beside_audit::{Columns, Entry, Personal, Row};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    AccessMode, ColumnTrait as _, DatabaseBackend, DatabaseTransaction, EntityTrait as _, IsolationLevel,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, TransactionTrait as _,
};
use zeroize::Zeroizing;

use super::afterwards::session_note_of;
use super::entity::{audit, audit_head, audit_personal, checkpoint, session};
use super::records::{customer_address_of, customer_name_of, operator_address_of};
use super::told::{Opened, SessionFault, TellingRow, Told};
use super::writing::{HEAD, personal_of};
use super::{Storage, StorageError};
use crate::audit::Action;

/// The log at one moment. Nothing can be written through it.
#[derive(Debug)]
pub struct Snapshot<'a> {
    storage: &'a Storage,
    pub(super) transaction: DatabaseTransaction,
}

/// A row of the log as it stands in the tables, believed in no respect.
#[derive(Debug)]
pub struct StoredRow {
    seq: i64,
    line: String,
    link: Vec<u8>,
    at: i64,
    account: Option<String>,
    action: String,
    about: Option<String>,
    personal: Vec<StoredPersonal>,
}

struct StoredPersonal {
    field: String,
    salt: Vec<u8>,
    value: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for StoredPersonal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredPersonal({}, hidden)", self.field)
    }
}

impl StoredRow {
    /// The column of the row's number.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    /// Shows the row to the verifier.
    pub fn show(&self, read: impl FnOnce(Row<'_>)) {
        let personal: Vec<_> = self
            .personal
            .iter()
            .map(|one| Personal {
                field: &one.field,
                salt: &one.salt,
                value: one.value.as_ref().map(|text| text.as_str()),
            })
            .collect();
        // Numbers below zero are nobody's; they stand before all rows, as zero does.
        let unsigned = |number: i64| u64::try_from(number).unwrap_or(0);
        read(Row {
            seq: unsigned(self.seq),
            line: self.line.as_bytes(),
            link: &self.link,
            columns: Some(Columns {
                at: unsigned(self.at),
                account: self.account.as_deref(),
                action: &self.action,
                about: self.about.as_deref(),
            }),
            personal: &personal,
        });
    }
}

/// A stored checkpoint.
#[derive(Debug)]
pub struct CheckpointRow {
    /// Rows that it says it covers.
    pub size: i64,
    /// The note.
    pub note: String,
    /// The head that was signed.
    pub state: Vec<u8>,
}

impl From<checkpoint::Model> for CheckpointRow {
    fn from(row: checkpoint::Model) -> Self {
        Self { size: row.size, note: row.note, state: row.state }
    }
}

/// What a page of sessions had.
#[derive(Debug)]
pub struct SessionsPage {
    /// How many.
    pub sessions: usize,
    /// The last one's id, to go on from.
    pub last: Option<String>,
    /// Those that don't tell what the audit rows tell.
    pub faults: Vec<SessionFault>,
}

impl Storage {
    /// The log as it stands now.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn snapshot(&self) -> Result<Snapshot<'_>, StorageError> {
        let transaction = if self.database.get_database_backend() == DatabaseBackend::Postgres {
            let isolation = Some(IsolationLevel::RepeatableRead);
            self.database.begin_with_config(isolation, Some(AccessMode::ReadOnly)).await?
        } else {
            // A reader of SQLite's write-ahead log sees one moment anyway.
            self.database.begin().await?
        };
        Ok(Snapshot { storage: self, transaction })
    }
}

impl Snapshot<'_> {
    /// The bytes of the stored head.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn head(&self) -> Result<Option<Vec<u8>>, StorageError> {
        let row = audit_head::Entity::find_by_id(HEAD).one(&self.transaction).await?;
        Ok(row.map(|row| row.state))
    }

    /// The numbers of the first and the last row.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn span(&self) -> Result<Option<(i64, i64)>, StorageError> {
        let span: Option<(Option<i64>, Option<i64>)> = audit::Entity::find()
            .select_only()
            .column_as(audit::Column::Seq.min(), "first")
            .column_as(audit::Column::Seq.max(), "last")
            .into_tuple()
            .one(&self.transaction)
            .await?;
        Ok(span.and_then(|(first, last)| first.zip(last)))
    }

    /// The rows with numbers after this one, at most `limit`.
    ///
    /// # Errors
    /// See [`StorageError`]; values that don't open are no error.
    pub async fn rows(&self, after: Option<i64>, limit: u64) -> Result<Vec<StoredRow>, StorageError> {
        let mut select = audit::Entity::find().order_by_asc(audit::Column::Seq).limit(limit);
        if let Some(after) = after {
            select = select.filter(audit::Column::Seq.gt(after));
        }
        let rows = select.all(&self.transaction).await?;
        let mut personal = self.personal(rows.iter().map(|row| row.seq)).await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredRow {
                seq: row.seq,
                line: row.line,
                link: row.link,
                at: row.at,
                account: row.account_id,
                action: row.action,
                about: row.about,
                personal: personal.remove(&row.seq).unwrap_or_default(),
            })
            .collect())
    }

    /// The checkpoints of sizes from `from` to `to`.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn checkpoints(&self, from: i64, to: i64) -> Result<Vec<CheckpointRow>, StorageError> {
        let rows = checkpoint::Entity::find()
            .filter(checkpoint::Column::Size.between(from, to))
            .order_by_asc(checkpoint::Column::Size)
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(CheckpointRow::from).collect())
    }

    /// The largest checkpoints, of `from` rows or more, at most `limit`, in the order of their sizes.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn checkpoints_beyond(&self, from: i64, limit: u64) -> Result<Vec<CheckpointRow>, StorageError> {
        let largest = checkpoint::Entity::find()
            .filter(checkpoint::Column::Size.gte(from))
            .order_by_desc(checkpoint::Column::Size)
            .limit(limit);
        Ok(largest.all(&self.transaction).await?.into_iter().rev().map(CheckpointRow::from).collect())
    }

    /// Holds the sessions after the one of id `after`, at most `limit`, against their audit rows.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn sessions(&self, after: Option<&str>, limit: u64) -> Result<SessionsPage, StorageError> {
        let mut select = session::Entity::find().order_by_asc(session::Column::Sid).limit(limit);
        if let Some(after) = after {
            select = select.filter(session::Column::Sid.gt(after));
        }
        let sessions = select.all(&self.transaction).await?;
        let rows = self.rows_of(&sessions).await?;
        self.storage.know_keys(sessions.iter().flat_map(super::sessions::sealed)).await?;
        let mut faults = Vec::new();
        for session in &sessions {
            let sid = session.sid.clone();
            match rows.get(&sid).and_then(|rows| Told::by(rows)) {
                None => faults.push(SessionFault::SessionInvented { sid }),
                Some(told) => {
                    let columns = told.compare(session, &self.opened(session));
                    if !columns.is_empty() {
                        faults.push(SessionFault::SessionAltered { sid, columns });
                    }
                }
            }
        }
        let last = sessions.last().map(|session| session.sid.clone());
        Ok(SessionsPage { sessions: sessions.len(), last, faults })
    }

    /// The sessions that the rows tell of and that are not there, at most `limit`.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn missing_sessions(&self, limit: u64) -> Result<Vec<SessionFault>, StorageError> {
        let there = Query::select()
            .column(session::Column::Sid)
            .from(session::Entity)
            .and_where(Expr::col((session::Entity, session::Column::Sid)).equals((audit::Entity, audit::Column::About)))
            .to_owned();
        let rows: Vec<(i64, Option<String>)> = audit::Entity::find()
            .select_only()
            .columns([audit::Column::Seq, audit::Column::About])
            .filter(audit::Column::Action.eq(Action::SessionKnocked.as_str()))
            .filter(Expr::exists(there).not())
            .order_by_asc(audit::Column::Seq)
            .limit(limit)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let missing =
            |(seq, sid): (i64, Option<String>)| SessionFault::SessionMissing { sid: sid.unwrap_or_default(), seq };
        Ok(rows.into_iter().map(missing).collect())
    }

    async fn rows_of(&self, sessions: &[session::Model]) -> Result<BTreeMap<String, Vec<TellingRow>>, StorageError> {
        // As every family of actions: from `session.` up to `session/`, the character after the dot.
        let rows: Vec<(i64, String)> = audit::Entity::find()
            .select_only()
            .columns([audit::Column::Seq, audit::Column::Line])
            .filter(audit::Column::About.is_in(sessions.iter().map(|session| session.sid.as_str())))
            .filter(audit::Column::Action.gt("session."))
            .filter(audit::Column::Action.lt("session/"))
            .order_by_asc(audit::Column::Seq)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let mut personal = self.personal(rows.iter().map(|(seq, _)| *seq)).await?;
        let mut told: BTreeMap<String, Vec<TellingRow>> = BTreeMap::new();
        for (seq, line) in rows {
            // What is no entry, the verifier names.
            let Ok(entry) = Entry::parse(line.as_bytes()) else { continue };
            let Some(sid) = entry.about.as_ref().map(|id| id.as_str().to_owned()) else { continue };
            let values = personal.remove(&seq).unwrap_or_default();
            let value = |one: StoredPersonal| Some((one.field, one.value?.as_str().to_owned()));
            told.entry(sid).or_default().push((entry, values.into_iter().filter_map(value).collect()));
        }
        Ok(told)
    }

    async fn personal(
        &self,
        rows: impl Iterator<Item = i64>,
    ) -> Result<BTreeMap<i64, Vec<StoredPersonal>>, StorageError> {
        let values = audit_personal::Entity::find()
            .filter(audit_personal::Column::Seq.is_in(rows))
            .order_by_asc(audit_personal::Column::Field)
            .all(&self.transaction)
            .await?;
        self.storage.know_keys(values.iter().map(|value| value.value.as_str())).await?;
        let mut personal: BTreeMap<i64, Vec<StoredPersonal>> = BTreeMap::new();
        for value in values {
            let plain = self.storage.sealing.open(&value.value, &personal_of(value.seq, &value.field)).ok();
            let one = StoredPersonal { field: value.field, salt: value.salt, value: plain };
            personal.entry(value.seq).or_default().push(one);
        }
        Ok(personal)
    }

    fn opened(&self, session: &session::Model) -> Opened {
        let open = |sealed: &Option<String>, about: String| {
            let opened = |sealed: &String| self.storage.sealing.open(sealed, &about);
            sealed.as_ref().map(|sealed| opened(sealed).map(|plain| plain.as_str().to_owned()).unwrap_or_default())
        };
        Opened {
            operator_address: open(&session.operator_address, operator_address_of(&session.sid)),
            customer_address: open(&session.customer_address, customer_address_of(&session.sid)),
            customer_name: open(&session.customer_name, customer_name_of(&session.sid)),
            note: open(&session.note, session_note_of(&session.sid)),
        }
    }
}
