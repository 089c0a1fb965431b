//! `restore`: fills a new database from a backup.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use age::x25519::Identity;
use anyhow::{Context as _, anyhow};
use zeroize::Zeroizing;

use super::open;
use crate::audit::{Action, Actor, Event};
use crate::clock::Clock;
use crate::config::Config;
use crate::storage::{Empty, Storage};

/// Restores a backup.
///
/// # Errors
/// The key does not open it, it is not whole, or the database is not empty: nothing was changed then.
pub async fn run(config: &Config, from: &Path, key: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(key).with_context(|| format!("{} can't be read", key.display()))?;
    let text = Zeroizing::new(text);
    let identity: Identity =
        text.trim().parse().map_err(|why| anyhow!("{} is not a backup key: {why}", key.display()))?;
    let input: Box<dyn Read> = if from == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(from).with_context(|| format!("{} can't be read", from.display()))?)
    };
    let decryptor = age::Decryptor::new(BufReader::new(input)).context("this is no backup")?;
    let decrypted = decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .context("the key does not open this backup")?;
    let lines = BufReader::new(zstd::Decoder::new(decrypted)?);
    let database = Empty::open(&config.database.url).await.context("the database can't be opened")?;
    let contents = Storage::fill(&database, lines).await?;
    database.close().await?;

    // Opening it takes the key-encryption key: a backup without it is worth nothing, so this is the time to know.
    let storage = open(config).await?;
    let at = Clock::start().now().unix_ms;
    let mut writing = storage.writing().await?;
    let event = Event::new(Action::BackupRestored, Actor::CommandLine, at);
    writing.log(event.with("audit_size", i64::try_from(contents.audit_size)?)).await?;
    writing.commit().await?;
    let rows: u64 = contents.rows.values().sum();
    writeln!(out, "{rows} rows restored; the audit log has {} of them", contents.audit_size)?;
    Ok(storage.close().await?)
}
