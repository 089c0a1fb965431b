//! `keys rotate` and `keys rewrap`: new keys for the personal data at rest, while the broker goes on.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;

use super::open;
use crate::audit::Actor;
use crate::clock::{Clock, random};
use crate::config::{Config, KeySource};
use crate::sealing::SecretKey;
use crate::secret_file;

/// Makes a new data key, seals everything anew under it, and deletes the old ones.
///
/// # Errors
/// The keys can't be read, a value doesn't open, or the database failed. It can be run again.
pub async fn rotate(config: &Config, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = open(config).await?;
    let now = Clock::start().now().unix_ms;
    let id = storage.rotate_key(Actor::CommandLine, now).await?;
    writeln!(out, "data key {id} seals from now on")?;
    let resealed = storage.reseal(&Actor::CommandLine, now).await.context("not everything could be sealed anew")?;
    writeln!(out, "{} values were sealed anew", resealed.values)?;
    for id in &resealed.deleted {
        writeln!(out, "data key {id} was deleted")?;
    }
    if !resealed.left.is_empty() {
        writeln!(out, "older data keys still seal values in {}, so they stay", resealed.left.join(", "))?;
    }
    Ok(storage.close().await?)
}

/// Wraps the data keys under the key in a file, which is made if it is not there.
///
/// # Errors
/// The file can't be made or read, or the database failed; then nothing changed.
pub async fn rewrap(config: &Config, path: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = open(config).await?;
    if !path.exists() {
        secret_file::write(path, &SecretKey::generate(&mut random()).to_hex())?;
    }
    let to = KeySource::File(path.to_owned()).read()?;
    storage.rewrap_keys(&to, Actor::CommandLine, Clock::start().now().unix_ms).await?;
    let path = path.display();
    writeln!(out, "The data keys are wrapped under the key in {path}.")?;
    match &config.keys.encryption {
        KeySource::File(old) => writeln!(out, "Put it in the place of {} now, and delete the old one.", old.display())?,
        KeySource::Environment(name) => {
            writeln!(out, "Set {name} to it, and start the broker anew before the next rotation.")?
        }
    }
    Ok(storage.close().await?)
}
