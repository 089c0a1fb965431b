//! The database: accounts, statements and the log.

pub mod accounts;
mod entity;
pub mod log;
pub mod records;
pub mod restart;
pub mod statements;

use beside_broker_migration::Migrator;
use beside_protocol::ErrorCode;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbErr, SqlErr};
use sea_orm_migration::MigratorTrait as _;

/// Connections held open. SQLite has one writer at a time; the others read beside it.
const CONNECTIONS: u32 = 4;

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A row with this key exists already.
    #[error("the row exists already")]
    Exists,
    /// The database could not do it.
    #[error("the database failed: {0}")]
    Database(DbErr),
    /// A row holds what this program never wrote.
    #[error("the database holds an invalid {0}")]
    Invalid(&'static str),
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Exists,
            Some(_) | None => Self::Database(error),
        }
    }
}

impl StorageError {
    /// The stable code for whoever asked.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Exists => ErrorCode::MessageUnexpected,
            Self::Database(_) => ErrorCode::Overloaded,
            Self::Invalid(_) => ErrorCode::Internal,
        }
    }
}

/// An open database.
#[derive(Debug, Clone)]
pub struct Storage {
    database: DatabaseConnection,
}

impl Storage {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(CONNECTIONS).sqlx_logging(false);
        let database = Database::connect(options).await?;
        // Readers then never wait for the writer. The setting stays in the file.
        database.execute_unprepared("PRAGMA journal_mode = WAL").await?;
        Migrator::up(&database, None).await?;
        Ok(Self { database })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn ping(&self) -> Result<(), StorageError> {
        Ok(self.database.ping().await?)
    }

    /// Writes what is pending and closes the file.
    ///
    /// # Errors
    /// See [`StorageError`].
    pub async fn close(self) -> Result<(), StorageError> {
        Ok(self.database.close().await?)
    }
}
