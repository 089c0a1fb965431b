//! Sealing anew, under the newest data key, what older ones seal; and deleting those that seal nothing any more.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement, Value};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, QueryResult, Statement};

use super::afterwards::session_note_of;
use super::alerts::detail_of;
use super::blocks::range_of;
use super::links::totp_of as link_totp_of;
use super::name_index::secret_of;
use super::records::{customer_address_of, customer_name_of, operator_address_of};
use super::reviews::note_of;
use super::second_factors::totp_of;
use super::writing::{Writing, personal_of};
use super::{Storage, StorageError};
use crate::audit::Actor;
use crate::sealing::prefix;

/// Values that one change seals anew at most.
const BATCH: u64 = 500;
/// Between two changes: SQLite gives its lock to whoever asks at the right moment, so the others need one.
const PAUSE: Duration = Duration::from_millis(30);

/// A column with sealed values.
struct Column {
    table: &'static str,
    column: &'static str,
    /// The primary key; values are sealed anew in the order of its first column.
    key: &'static [(&'static str, Kind)],
    /// What the value of the row with this key belongs to.
    about: fn(&[Key]) -> Option<String>,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Bytes,
    Number,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Text(String),
    Bytes(Vec<u8>),
    Number(i64),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Text(text) => text.into(),
            Key::Bytes(bytes) => bytes.into(),
            Key::Number(number) => number.into(),
        }
    }
}

fn by_text(key: &[Key], about: fn(&str) -> String) -> Option<String> {
    match key {
        [Key::Text(id)] => Some(about(id)),
        _ => None,
    }
}

/// Every column with sealed values. One that is missing here keeps its data key from being deleted, and is named.
const COLUMNS: &[Column] = &[
    Column { table: "accounts", column: "totp", key: &[("id", Kind::Text)], about: |key| by_text(key, totp_of) },
    Column {
        table: "account_links",
        column: "totp",
        key: &[("token_hash", Kind::Bytes)],
        about: |key| match key {
            [Key::Bytes(hash)] => Some(link_totp_of(hash)),
            _ => None,
        },
    },
    Column {
        table: "sessions",
        column: "operator_address",
        key: &[("sid", Kind::Text)],
        about: |key| by_text(key, operator_address_of),
    },
    Column {
        table: "sessions",
        column: "customer_address",
        key: &[("sid", Kind::Text)],
        about: |key| by_text(key, customer_address_of),
    },
    Column {
        table: "sessions",
        column: "customer_name",
        key: &[("sid", Kind::Text)],
        about: |key| by_text(key, customer_name_of),
    },
    Column {
        table: "sessions",
        column: "note",
        key: &[("sid", Kind::Text)],
        about: |key| by_text(key, session_note_of),
    },
    Column {
        table: "search_indexes",
        column: "secret",
        key: &[("name", Kind::Text)],
        about: |key| by_text(key, secret_of),
    },
    Column { table: "alerts", column: "detail", key: &[("id", Kind::Text)], about: |key| by_text(key, detail_of) },
    Column { table: "blocks", column: "range", key: &[("id", Kind::Text)], about: |key| by_text(key, range_of) },
    Column {
        table: "reviews",
        column: "note",
        key: &[("month", Kind::Text), ("signed_off_by", Kind::Text)],
        about: |key| match key {
            [Key::Text(month), Key::Text(by)] => Some(note_of(month, by)),
            _ => None,
        },
    },
    Column {
        table: "audit_personal",
        column: "value",
        key: &[("seq", Kind::Number), ("field", Kind::Text)],
        about: |key| match key {
            [Key::Number(seq), Key::Text(field)] => Some(personal_of(*seq, field)),
            _ => None,
        },
    },
];

/// What came of sealing anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are sealed under the newest key now.
    pub values: u64,
    /// Old keys that were deleted.
    pub deleted: Vec<String>,
    /// Columns (`table.column`) in which old keys still seal something, so that those keys stay.
    pub left: Vec<String>,
}

impl Storage {
    /// Seals anew, under the newest data key, everything that older ones seal, and deletes these. The broker goes on
    /// meanwhile. Interrupted, it can be run again.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn reseal(&self, actor: &Actor, at: i64) -> Result<Resealed, StorageError> {
        let mut resealed = Resealed::default();
        for column in COLUMNS {
            let mut from = None;
            loop {
                let mut writing = self.writing().await?;
                let (values, last) = writing.reseal(column, from).await?;
                if values == 0 {
                    break;
                }
                writing.commit().await?;
                resealed.values += values;
                from = last;
                tokio::time::sleep(PAUSE).await;
            }
        }
        let mut writing = self.writing().await?;
        for id in writing.old_keys().await? {
            let left = writing.sealed_under(&id).await?;
            if left.is_empty() {
                writing.delete_key(&id, actor.clone(), at).await?;
                resealed.deleted.push(id);
            }
            resealed.left.extend(left);
        }
        writing.commit().await?;
        Ok(resealed)
    }
}

impl Writing<'_> {
    /// Seals anew one batch of a column, beginning with the row of key `from`. Says how many values, and the last one's.
    async fn reseal(&mut self, column: &Column, from: Option<Key>) -> Result<(u64, Option<Key>), StorageError> {
        let rows = self.transaction().query_all(&batch(column, from, &self.data_key)).await?;
        let mut last = None;
        for row in &rows {
            let key = read_key(row, column)?;
            let sealed: String = row.try_get_by_index(column.key.len())?;
            let about = (column.about)(&key).ok_or(StorageError::Invalid("key of a sealed value"))?;
            let fresh = self.seal(&self.open(&sealed, &about)?, &about)?;
            let mut update = Query::update();
            update.table(column.table).value(column.column, fresh);
            for ((name, _), value) in column.key.iter().zip(&key) {
                update.and_where(Expr::col(*name).eq(Value::from(value.clone())));
            }
            self.transaction().execute(&update).await?;
            last = key.into_iter().next();
        }
        Ok((rows.len() as u64, last))
    }

    /// The columns of any table in which values are sealed under a key.
    async fn sealed_under(&self, id: &str) -> Result<Vec<String>, StorageError> {
        let backend = self.transaction().get_database_backend();
        let columns = if backend == DatabaseBackend::Postgres {
            "SELECT table_name::text, column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type = 'text' ORDER BY 1, 2"
        } else {
            "SELECT tables.name, columns.name FROM sqlite_master tables, pragma_table_info(tables.name) columns \
             WHERE tables.type = 'table' AND upper(columns.type) LIKE '%TEXT%' ORDER BY 1, 2"
        };
        let columns = self.transaction().query_all_raw(Statement::from_string(backend, columns)).await?;
        let mut found = Vec::new();
        for row in columns {
            let (table, column): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let mut any = Query::select();
            any.expr(Expr::val(1)).from(table.clone()).and_where(Expr::col(column.clone()).like(like(id))).limit(1);
            if self.transaction().query_one(&any).await?.is_some() {
                found.push(format!("{table}.{column}"));
            }
        }
        Ok(found)
    }
}

/// The next values of a column that another key seals. Those of the last row's key may not all have fitted before; what
/// was sealed anew is not found again.
fn batch(column: &Column, from: Option<Key>, current: &str) -> SelectStatement {
    let mut select = Query::select();
    for (name, _) in column.key {
        select.column(*name).order_by(*name, Order::Asc);
    }
    let value = || Expr::col(column.column);
    select.column(column.column).from(column.table).and_where(value().is_not_null());
    select.and_where(value().not_like(like(current))).limit(BATCH);
    if let (Some(from), Some((first, _))) = (from, column.key.first()) {
        select.and_where(Expr::col(*first).gte(Value::from(from)));
    }
    select
}

/// A pattern for what is sealed under a key. Names of keys are hexadecimal digits.
fn like(id: &str) -> String {
    format!("{}%", prefix(id))
}

fn read_key(row: &QueryResult, column: &Column) -> Result<Vec<Key>, StorageError> {
    let read = |(index, (_, kind)): (usize, &(&str, Kind))| {
        Ok(match kind {
            Kind::Text => Key::Text(row.try_get_by_index(index)?),
            Kind::Bytes => Key::Bytes(row.try_get_by_index(index)?),
            Kind::Number => Key::Number(row.try_get_by_index(index)?),
        })
    };
    column.key.iter().enumerate().map(read).collect()
}
