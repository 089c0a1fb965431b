//! The database: accounts, statements and the log, in SQLite or PostgreSQL.

pub mod accounts;
pub mod addresses;
pub mod afterwards;
pub mod alerts;
pub mod audit;
pub mod backup;
pub mod blocks;
mod carried;
pub mod customers;
mod entity;
pub mod groups;
pub mod keys;
pub mod ledger;
pub mod links;
mod name_index;
mod pending;
pub mod records;
pub mod resealing;
pub mod restart;
pub mod retention;
pub mod reviews;
pub mod second_factors;
mod session_changes;
pub mod session_lists;
pub mod sessions;
pub mod settings;
pub mod signing;
pub mod snapshot;
pub mod statements;
pub mod tokens;
pub mod told;
pub mod witnessed;
pub mod writing;

use std::sync::Arc;
use std::time::Duration;

use beside_broker_migration::Migrator;
use beside_protocol::ErrorCode;
use sea_orm::sqlx::Connection as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection, DbErr, RuntimeErr, SqlErr,
};
use sea_orm_migration::MigratorTrait as _;

use crate::config::KeySource;
use crate::sealing::{Sealing, SealingError};

use signing::Signer;

/// Connections held open. SQLite has one writer at a time; the others read beside it.
const CONNECTIONS: u32 = 4;
/// What each connection keeps of SQLite's pages, in KiB: the upper parts of the indexes of a log of millions of rows. Read
/// as it is needed, so a small database takes no more than it has.
const PAGE_CACHE: u32 = 8 * 1_024;
/// Pages of the write-ahead log at which a writer has to copy them itself: 64 MiB, which only commands reach.
const WRITE_BACK: u32 = 16_384;
/// How long a statement waits for a database that another process has locked. Whoever asked gets an answer soon after.
const LOCK_WAIT: Duration = Duration::from_secs(4);

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A row with this key exists already.
    #[error("the row exists already")]
    Exists,
    /// The disk is full.
    #[error("the disk of the database is full")]
    Full,
    /// Another process holds the database, or it has no connection free.
    #[error("the database is busy: {0}")]
    Busy(DbErr),
    /// The database could not do it.
    #[error("the database failed: {0}")]
    Database(DbErr),
    /// A row holds what this program never wrote.
    #[error("the database holds an invalid {0}")]
    Invalid(&'static str),
    /// A value could not be sealed or opened.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// There is a new data key, and it can't be opened: the key-encryption key is not there, or not the one.
    #[error("the newest data key can't be opened: {0}")]
    Key(String),
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Exists,
            Some(_) | None => match Trouble::of(&error) {
                Trouble::Full => Self::Full,
                Trouble::Busy => Self::Busy(error),
                Trouble::Other => Self::Database(error),
            },
        }
    }
}

enum Trouble {
    Full,
    Busy,
    Other,
}

impl Trouble {
    fn of(error: &DbErr) -> Self {
        let (DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner)) = error else {
            return if matches!(error, DbErr::ConnectionAcquire(_)) { Self::Busy } else { Self::Other };
        };
        let RuntimeErr::SqlxError(inner) = inner else { return Self::Other };
        let Some(database) = inner.as_database_error() else { return Self::Other };
        let message = database.message();
        // SQLite's extended codes carry the plain one in their last byte; PostgreSQL has SQLSTATE.
        match database.code().as_deref() {
            Some("13" | "53100") => Self::Full,
            Some("5" | "6" | "55P03" | "53300" | "57P03") => Self::Busy,
            Some(code) if code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)) => Self::Busy,
            Some(_) | None if message.contains("No space left") => Self::Full,
            Some(_) | None => Self::Other,
        }
    }
}

impl StorageError {
    /// What was busy a moment ago was not asked again.
    #[must_use]
    pub fn still_busy() -> Self {
        Self::Busy(DbErr::Custom("it was locked a moment ago".to_owned()))
    }

    /// The same, for another one who waited for the same change. Only what is passing befalls several.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::Exists => Self::Exists,
            Self::Full => Self::Full,
            Self::Busy(error) => Self::Busy(DbErr::Custom(error.to_string())),
            Self::Database(error) => Self::Database(DbErr::Custom(error.to_string())),
            Self::Invalid(what) => Self::Invalid(what),
            Self::Sealing(error) => Self::Sealing(*error),
            Self::Key(text) => Self::Key(text.clone()),
        }
    }

    /// Whether it may pass by itself, so that trying again makes sense.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Full | Self::Busy(_) | Self::Database(_) | Self::Key(_) => true,
            Self::Exists | Self::Invalid(_) | Self::Sealing(_) => false,
        }
    }

    /// The stable code for whoever asked.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Exists => ErrorCode::Exists,
            Self::Full => ErrorCode::StorageFull,
            Self::Busy(_) => ErrorCode::Overloaded,
            Self::Database(_) => ErrorCode::StorageFailed,
            Self::Invalid(_) | Self::Sealing(_) | Self::Key(_) => ErrorCode::Internal,
        }
    }
}

/// An open database.
#[derive(Debug, Clone)]
pub struct Storage {
    database: DatabaseConnection,
    sealing: Arc<Sealing>,
    /// Where the key-encryption key is read, at the start and whenever there is a data key that is not known.
    key: Arc<KeySource>,
    signer: Arc<Signer>,
    /// Held by the change under way.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Storage {
    /// Opens the database, brings its tables up to date, and opens its data keys with the key-encryption key; a new
    /// database gets its first data key. `signer` signs the checkpoints of the audit log.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn open(url: &str, key: &KeySource, signer: Signer) -> Result<Self, StorageError> {
        let database = connect(url).await?;
        Migrator::up(&database, None).await?;
        let sealing = Arc::new(keys::open(&database, key).await?);
        Ok(Self { database, sealing, key: Arc::new(key.clone()), signer: Arc::new(signer), turn: Arc::default() })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn ping(&self) -> Result<(), StorageError> {
        Ok(self.database.ping().await?)
    }

    /// Copies what SQLite's write-ahead log holds into the database, beside whoever writes meanwhile: if a writer had to do
    /// it, everybody would wait for the disk. PostgreSQL does so by itself.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn write_back(&self) -> Result<(), StorageError> {
        if self.database.get_database_backend() == DatabaseBackend::Sqlite {
            self.database.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await?;
        }
        Ok(())
    }

    /// Writes what is pending and closes the database.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn close(self) -> Result<(), StorageError> {
        Ok(self.database.close().await?)
    }
}

/// A database with its tables and nothing in them, for a backup to be restored into.
#[derive(Debug)]
pub struct Empty(DatabaseConnection);

impl Empty {
    /// Opens a database and makes its tables.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        let database = connect(url).await?;
        Migrator::up(&database, None).await?;
        Ok(Self(database))
    }

    /// Writes what is pending and closes the database.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn close(self) -> Result<(), StorageError> {
        Ok(self.0.close().await?)
    }
}

async fn connect(url: &str) -> Result<DatabaseConnection, StorageError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(CONNECTIONS).acquire_timeout(LOCK_WAIT).sqlx_logging(false);
    // Readers of a write-ahead log never wait for the writer.
    options.map_sqlx_sqlite_opts(|sqlite| {
        // A negative number counts KiB.
        let cache = format!("-{PAGE_CACHE}");
        sqlite
            .busy_timeout(LOCK_WAIT)
            .foreign_keys(true)
            .pragma("journal_mode", "WAL")
            .pragma("wal_autocheckpoint", WRITE_BACK.to_string())
            .pragma("cache_size", cache)
    });
    // On a full disk SQLite ends a transaction by itself, and the driver, which still counts it, would never let go of the
    // lock that the next one takes. Such a connection is not used again.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            Box::pin(async move {
                // Answered after the rollback that may be under way.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    let lock_wait = format!("{}ms", LOCK_WAIT.as_millis());
    options.map_sqlx_postgres_opts(move |postgres| postgres.options([("lock_timeout", lock_wait.as_str())]));
    Ok(Database::connect(options).await?)
}
