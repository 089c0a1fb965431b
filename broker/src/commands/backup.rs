//! `backup`: the whole database, compressed and encrypted in the format of age, for keys whose private part this machine
//! need not have. `backup-key` makes such a key.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::Path;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use anyhow::{Context as _, anyhow};

use super::open;
use crate::audit::{Action, Actor, Event};
use crate::clock::Clock;
use crate::config::Config;
use crate::platform::create_secret_file;

/// zstd's own default: a good ratio at hundreds of megabytes a second.
const LEVEL: i32 = 3;

/// Writes a backup.
///
/// # Errors
/// A recipient is not one, the file exists already, or reading or writing failed.
pub async fn run(config: &Config, to: &Path, recipients: &[String]) -> anyhow::Result<()> {
    let recipients: Vec<Recipient> = recipients
        .iter()
        .map(|text| text.parse().map_err(|why| anyhow!("{text} is not the public part of a backup key: {why}")))
        .collect::<Result<_, _>>()?;
    let storage = open(config).await?;
    let out: Box<dyn Write> = if to == Path::new("-") {
        Box::new(std::io::stdout().lock())
    } else {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).open(to);
        Box::new(file.with_context(|| format!("{} can't be made", to.display()))?)
    };
    let encryptor =
        age::Encryptor::with_recipients(recipients.iter().map(|recipient| recipient as &dyn age::Recipient))?;
    let encrypted = encryptor.wrap_output(BufWriter::new(out))?;
    let mut compressed = zstd::Encoder::new(encrypted, LEVEL)?;
    let at = Clock::start().now().unix_ms;
    let contents = storage.dump(at, &mut compressed).await?;
    compressed.finish()?.finish()?.flush()?;
    let rows: u64 = contents.rows.values().sum();
    let event = Event::new(Action::BackupMade, Actor::CommandLine, at).with("rows", i64::try_from(rows)?);
    let mut writing = storage.writing().await?;
    writing.log(event.with("audit_size", i64::try_from(contents.audit_size)?)).await?;
    writing.commit().await?;
    tracing::info!(rows, audit_size = contents.audit_size, "the backup is made");
    Ok(storage.close().await?)
}

/// Makes a key.
///
/// # Errors
/// The file exists already, or can't be written.
pub fn key(to: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let identity = Identity::generate();
    let mut file = create_secret_file(to).with_context(|| format!("{} can't be made", to.display()))?;
    writeln!(file, "{}", identity.to_string().expose_secret())?;
    writeln!(out, "{}", identity.to_public())?;
    Ok(())
}
