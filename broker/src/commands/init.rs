//! `init`: makes the keys that are not there yet, prepares the database and creates the first administrator, once.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, ensure};
use beside_audit::{KeyName, LogKey};
use beside_protocol::api::Role;

use super::{account, open};
use crate::clock::random;
use crate::config::{Config, KeySource};
use crate::platform::create_secret_file;
use crate::sealing::SecretKey;

/// Runs the command.
///
/// # Errors
/// There is an administrator already, or keys or database failed.
pub async fn run(config: &Config, name: &str, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if let KeySource::File(path) = &config.keys.encryption
        && !path.exists()
    {
        write_secret(path, &SecretKey::generate(&mut random()).to_hex())?;
    }
    if !config.keys.checkpoints.exists() {
        let name = KeyName::new("beside-broker").context("the name of the key")?;
        write_secret(&config.keys.checkpoints, &LogKey::generate(name, &mut random()).to_text())?;
    }
    let storage = open(config).await?;
    ensure!(storage.active_administrators().await? == 0, "init was run before: there is an administrator already");
    let created = account::create(&storage, name, Role::Administrator).await?;
    account::show(&created, json, out)?;
    Ok(storage.close().await?)
}

/// Writes a new file that only its owner can read.
fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = create_secret_file(path).with_context(|| format!("{} can't be made", path.display()))?;
    writeln!(file, "{text}").with_context(|| format!("{} can't be written", path.display()))
}
