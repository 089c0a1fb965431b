//! Backups: the whole database, compressed and encrypted in the format of age, for keys whose private part this machine
//! need not have.
//!
//! [`write()`] makes one; [`Backups`] makes them in time, keeps so many, and tells how they fare.

mod folder;

use std::io::{BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use age::x25519::Recipient;
use anyhow::Context as _;
use beside_broker_core::Observation;
use tokio::sync::Notify;

use self::folder::Folder;
pub use self::folder::Kept;
use crate::audit::{Action, Actor, Event};
use crate::clock::every;
use crate::config::Backup;
use crate::exchange::Exchange;
use crate::storage::Storage;
use crate::storage::backup::{BackupError, Contents};

/// zstd's own default: a good ratio at hundreds of megabytes a second.
const LEVEL: i32 = 3;
/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(60);
/// After a failure.
const RETRY_MS: i64 = 60 * 60 * 1_000;

/// Writes a backup of the database as it is at `at` (Unix milliseconds).
///
/// # Errors
/// See [`BackupError`].
pub async fn write(
    storage: &Storage,
    recipients: &[Recipient],
    at: i64,
    out: impl Write,
) -> Result<Contents, BackupError> {
    let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(std::io::Error::other)?;
    let encrypted = encryptor.wrap_output(BufWriter::new(out))?;
    let mut compressed = zstd::Encoder::new(encrypted, LEVEL)?;
    let contents = storage.dump(at, &mut compressed).await?;
    compressed.finish()?.finish()?.flush()?;
    Ok(contents)
}

/// Writes to the log that a backup was made.
///
/// # Errors
/// The log can't be written.
pub async fn log(storage: &Storage, contents: &Contents, event: Event) -> anyhow::Result<()> {
    let rows: u64 = contents.rows.values().sum();
    let event = event.with("rows", i64::try_from(rows)?).with("audit_size", i64::try_from(contents.audit_size)?);
    let mut writing = storage.writing().await?;
    writing.log(event).await?;
    writing.commit().await?;
    tracing::info!(rows, audit_size = contents.audit_size, "the backup is made");
    Ok(())
}

/// The backups that a broker makes by itself.
#[derive(Debug)]
pub struct Backups {
    settings: Backup,
    folder: Folder,
    standing: Mutex<Standing>,
    wanted: Notify,
}

/// How they fare.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Since when one is being made, Unix milliseconds.
    pub running_since: Option<i64>,
    /// Why the last one failed; none once one has succeeded.
    pub failed: Option<Failure>,
    /// Who asked for the one that is to be made now.
    asked_by: Option<Event>,
}

/// A backup that could not be made.
#[derive(Debug, Clone)]
pub struct Failure {
    /// When, Unix milliseconds.
    pub at: i64,
    /// What went wrong.
    pub fault: Fault,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The folder's disk is full.
    NoRoom,
    /// The folder is not there, or can't be written.
    Folder,
    /// The database can't be read.
    Database,
}

impl Fault {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoRoom => "no_room",
            Self::Folder => "folder",
            Self::Database => "database",
        }
    }

    fn of(error: &anyhow::Error) -> Self {
        let io = error.chain().find_map(|cause| {
            let backup = cause.downcast_ref::<BackupError>();
            let inner = backup.and_then(|error| if let BackupError::Io(error) = error { Some(error) } else { None });
            inner.or_else(|| cause.downcast_ref::<std::io::Error>())
        });
        match io.map(std::io::Error::kind) {
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => Self::NoRoom,
            Some(_) => Self::Folder,
            None => Self::Database,
        }
    }
}

impl Backups {
    /// The backups of a configuration.
    #[must_use]
    pub fn new(settings: Backup) -> Self {
        let folder = Folder::new(&settings.directory);
        Self { settings, folder, standing: Mutex::default(), wanted: Notify::new() }
    }

    /// What is set.
    #[must_use]
    pub const fn settings(&self) -> &Backup {
        &self.settings
    }

    /// How they fare.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.with_standing(|standing| standing.clone())
    }

    /// The backups that lie in the folder, newest first.
    ///
    /// # Errors
    /// It can't be read.
    pub fn kept(&self) -> std::io::Result<Vec<Kept>> {
        self.folder.kept()
    }

    /// Asks for one now, in the log under this event. Says whether none was being made already.
    pub fn ask(&self, event: Event) -> bool {
        let asked = self.with_standing(|standing| {
            let idle = standing.running_since.is_none() && standing.asked_by.is_none();
            if idle {
                standing.asked_by = Some(event);
            }
            idle
        });
        if asked {
            self.wanted.notify_one();
        }
        asked
    }

    /// Makes them when they are due, for ever.
    pub async fn keep(self: Arc<Self>, exchange: Arc<Exchange>) {
        let ask = async || loop {
            self.wanted.notified().await;
            self.turn(&exchange).await;
        };
        let look = every(LOOK, async || self.turn(&exchange).await);
        tokio::join!(ask(), look);
    }

    /// Makes one if somebody asked for it or the last one is too old.
    async fn turn(&self, exchange: &Exchange) {
        let now = exchange.clock.now().unix_ms;
        let due = self.is_due(now);
        let begun = self.with_standing(|standing| {
            if standing.running_since.is_some() || !(due || standing.asked_by.is_some()) {
                return None;
            }
            standing.running_since = Some(now);
            Some(standing.asked_by.take().unwrap_or_else(|| Event::new(Action::BackupMade, Actor::Broker, now)))
        });
        let Some(event) = begun else { return };
        let made = self.make(exchange.storage.clone(), now, event).await;
        let failed = made.err().map(|error| {
            tracing::error!(error = format!("{error:#}"), "a backup could not be made");
            exchange.observe(Observation::BackupFailed);
            Failure { at: now, fault: Fault::of(&error) }
        });
        self.with_standing(|standing| (standing.running_since, standing.failed) = (None, failed));
    }

    fn is_due(&self, now: i64) -> bool {
        let waits = self.standing().failed.is_some_and(|failed| now < failed.at + RETRY_MS);
        let newest = self.folder.kept().ok().and_then(|kept| kept.first().map(|newest| newest.made_at));
        let every = i64::try_from(self.settings.every().as_millis()).unwrap_or(i64::MAX);
        !waits && newest.is_none_or(|newest| now.saturating_sub(newest) >= every)
    }

    /// Compressing and encrypting is work for a thread that nobody else waits for.
    async fn make(&self, storage: Storage, now: i64, event: Event) -> anyhow::Result<()> {
        let (folder, recipients) = (self.folder.clone(), self.settings.recipients.clone());
        let (keep, runtime) = (self.settings.keep, tokio::runtime::Handle::current());
        let made = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                let draft = folder.draft(now)?;
                let contents = write(&storage, &recipients, now, draft.file()).await?;
                draft.publish()?;
                log(&storage, &contents, event).await?;
                folder.prune(keep).context("older backups can't be deleted")
            })
        });
        made.await.context("the backup's thread ended")?
    }

    fn with_standing<T>(&self, act: impl FnOnce(&mut Standing) -> T) -> T {
        act(&mut self.standing.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
