//! The whole database as lines of JSON, the same on SQLite and PostgreSQL: a backup of one can be restored into the other.
//!
//! The lines are read in one transaction, so they are one moment's. The first says what they are, the last how many
//! there were of each table and where the audit log stood; between them is one row a line. Sealed values stay sealed, and
//! the data keys stay wrapped: a backup is of no use without the key-encryption key. Live sign-ins are not in it.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use beside_audit::Head;
use beside_broker_migration::carried;
use futures_util::TryStreamExt as _;
use sea_orm::{
    AccessMode, ActiveModelTrait as _, DatabaseBackend, DatabaseTransaction, EntityTrait, IntoActiveModel,
    IsolationLevel, Iterable as _, PaginatorTrait as _, PrimaryKeyToColumn as _, QueryOrder as _, QuerySelect as _,
    TransactionTrait as _,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entity::{
    account, account_link, address_rule, alert, api_token, audit, audit_head, audit_personal, block, checkpoint,
    data_key, group, group_member, recovery_code, review, search_index, session, session_name, session_tag, setting,
    statement, witness_standing,
};
use super::{Empty, Storage, StorageError};

/// What the first line says.
const FORMAT: &str = "beside-backup-1";
/// Rows written at a time.
const BATCH: usize = 500;

/// Why a backup could not be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Reading or writing the backup.
    #[error("the backup can't be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is not one, or not a whole one.
    #[error("this is no whole backup: {0}")]
    Broken(&'static str),
    /// There is something in the database already.
    #[error("the database is not empty; a backup is restored into a new one")]
    NotEmpty,
}

impl From<sea_orm::DbErr> for BackupError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Storage(error.into())
    }
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Rows of the audit log.
    pub audit_size: u64,
    /// The root of the audit log's tree, hex.
    pub audit_root: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Begin { format: String, made_at: i64 },
    Row { table: String, row: Value },
    End(Contents),
}

macro_rules! tables {
    ($($entity:ident),*) => {
        async fn dump_all(
            transaction: &DatabaseTransaction,
            out: &mut impl Write,
            rows: &mut BTreeMap<String, u64>,
        ) -> Result<(), BackupError> {
            $(
                let count = dump::<$entity::Entity>(stringify!($entity), transaction, out).await?;
                rows.insert(stringify!($entity).to_owned(), count);
            )*
            Ok(())
        }

        async fn insert_batch(
            table: &str,
            batch: &mut Vec<Value>,
            transaction: &DatabaseTransaction,
        ) -> Result<(), BackupError> {
            match table {
                $(stringify!($entity) => insert::<$entity::Entity>(batch, transaction).await,)*
                _ => Err(BackupError::Broken("it has a table that this program does not know")),
            }
        }

        async fn is_empty(transaction: &DatabaseTransaction) -> Result<bool, BackupError> {
            $(if $entity::Entity::find().limit(1).count(transaction).await? > 0 {
                return Ok(false);
            })*
            Ok(true)
        }
    };
}

tables!(
    data_key,
    account,
    account_link,
    group,
    group_member,
    address_rule,
    recovery_code,
    api_token,
    setting,
    statement,
    session,
    session_tag,
    search_index,
    session_name,
    audit,
    audit_personal,
    audit_head,
    checkpoint,
    witness_standing,
    alert,
    block,
    review
);

impl Storage {
    /// Writes the whole database to `out`.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub async fn dump(&self, made_at: i64, out: &mut impl Write) -> Result<Contents, BackupError> {
        let transaction =
            self.database.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await;
        let transaction = match (transaction, self.database.get_database_backend()) {
            (Ok(transaction), DatabaseBackend::Postgres) => transaction,
            // A transaction of SQLite sees one moment by itself.
            _ => self.database.begin().await?,
        };
        line(out, &Line::Begin { format: FORMAT.to_owned(), made_at })?;
        let mut rows = BTreeMap::new();
        dump_all(&transaction, out, &mut rows).await?;
        let contents = contents(&transaction, rows).await?;
        line(out, &Line::End(contents.clone()))?;
        transaction.rollback().await?;
        Ok(contents)
    }

    /// Fills an empty database from a backup, all or nothing.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub async fn fill(database: &Empty, lines: impl BufRead) -> Result<Contents, BackupError> {
        let transaction = database.0.begin().await?;
        if !is_empty(&transaction).await? {
            return Err(BackupError::NotEmpty);
        }
        let mut rows: BTreeMap<String, u64> = BTreeMap::new();
        let mut batch = Vec::new();
        let mut of = String::new();
        let mut begun = false;
        let mut end = None;
        for text in lines.lines() {
            if end.is_some() {
                return Err(BackupError::Broken("it goes on after its end"));
            }
            let parsed =
                serde_json::from_str(&text?).map_err(|_| BackupError::Broken("it has a line of another form"))?;
            match parsed {
                Line::Begin { format, .. } if !begun && format == FORMAT => begun = true,
                Line::Row { table, row } if begun => {
                    if table != of || batch.len() == BATCH {
                        insert_batch_if_any(&of, &mut batch, &transaction).await?;
                        of = table;
                    }
                    *rows.entry(of.clone()).or_default() += 1;
                    batch.push(row);
                }
                Line::End(contents) if begun => end = Some(contents),
                Line::Begin { .. } | Line::Row { .. } | Line::End(_) => {
                    return Err(BackupError::Broken("it does not begin as one"));
                }
            }
        }
        insert_batch_if_any(&of, &mut batch, &transaction).await?;
        // A backup of an older program does not say it of each session.
        carried::complete(&transaction).await?;
        let said = end.ok_or(BackupError::Broken("it was cut off"))?;
        for table in said.rows.keys() {
            rows.entry(table.clone()).or_default();
        }
        let found = contents(&transaction, rows).await?;
        if found != said {
            return Err(BackupError::Broken("it holds something else than it says"));
        }
        transaction.commit().await?;
        Ok(found)
    }
}

async fn insert_batch_if_any(
    table: &str,
    batch: &mut Vec<Value>,
    transaction: &DatabaseTransaction,
) -> Result<(), BackupError> {
    if batch.is_empty() { Ok(()) } else { insert_batch(table, batch, transaction).await }
}

async fn contents(transaction: &DatabaseTransaction, rows: BTreeMap<String, u64>) -> Result<Contents, BackupError> {
    let head = match audit_head::Entity::find().one(transaction).await? {
        Some(row) => Head::from_bytes(&row.state).map_err(|_| StorageError::Invalid("head of the audit log"))?,
        None => Head::default(),
    };
    Ok(Contents { rows, audit_size: head.size(), audit_root: head.root().to_string() })
}

async fn dump<E>(table: &str, transaction: &DatabaseTransaction, out: &mut impl Write) -> Result<u64, BackupError>
where
    E: EntityTrait,
    E::Model: Serialize + Send + Sync,
{
    let mut query = E::find();
    for key in E::PrimaryKey::iter() {
        query = query.order_by_asc(key.into_column());
    }
    let mut rows = query.stream(transaction).await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let row = serde_json::to_value(&row).map_err(|_| StorageError::Invalid("row"))?;
        line(out, &Line::Row { table: table.to_owned(), row })?;
        count += 1;
    }
    Ok(count)
}

async fn insert<E>(batch: &mut Vec<Value>, transaction: &DatabaseTransaction) -> Result<(), BackupError>
where
    E: EntityTrait,
    E::Model: DeserializeOwned + IntoActiveModel<E::ActiveModel>,
{
    let mut rows = Vec::with_capacity(batch.len());
    for row in batch.drain(..) {
        let model: E::Model =
            serde_json::from_value(row).map_err(|_| BackupError::Broken("it has a row of another form"))?;
        rows.push(model.into_active_model().reset_all());
    }
    E::insert_many(rows).exec_without_returning(transaction).await?;
    Ok(())
}

fn line(out: &mut impl Write, line: &Line) -> Result<(), BackupError> {
    serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}
