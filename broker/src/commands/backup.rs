//! `backup`: a backup now, to a file or to standard output. `backup-key` makes a key that opens backups.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use anyhow::Context as _;

use super::open;
use crate::audit::{Action, Actor, Event};
use crate::backups;
use crate::clock::Clock;
use crate::config::{Config, recipient};
use crate::platform::create_secret_file;

/// Writes a backup.
///
/// # Errors
/// A recipient is not one, the file exists already, or reading or writing failed.
pub async fn run(config: &Config, to: &Path, recipients: &[String]) -> anyhow::Result<()> {
    let recipients: Vec<Recipient> = recipients.iter().map(|text| recipient(text)).collect::<Result<_, _>>()?;
    let storage = open(config).await?;
    let out: Box<dyn Write> = if to == Path::new("-") {
        Box::new(std::io::stdout().lock())
    } else {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).open(to);
        Box::new(file.with_context(|| format!("{} can't be made", to.display()))?)
    };
    let at = Clock::start().now().unix_ms;
    let contents = backups::write(&storage, &recipients, at, out).await?;
    backups::log(&storage, &contents, Event::new(Action::BackupMade, Actor::CommandLine, at)).await?;
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
