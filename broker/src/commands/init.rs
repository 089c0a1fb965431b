//! `init`: makes the keys that are not there yet, prepares the database and creates the first administrator, once.

use std::io::Write;

use anyhow::ensure;
use beside_protocol::api::Role;

use super::{account, make_checkpoint_key, open};
use crate::clock::random;
use crate::config::{Config, KeySource};
use crate::sealing::SecretKey;
use crate::secret_file;

/// Runs the command.
///
/// # Errors
/// There is an administrator already, or keys or database failed.
pub async fn run(config: &Config, name: &str, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if let KeySource::File(path) = &config.keys.encryption
        && !path.exists()
    {
        secret_file::write(path, &SecretKey::generate(&mut random()).to_hex())?;
    }
    make_checkpoint_key(config)?;
    let storage = open(config).await?;
    ensure!(storage.active_administrators().await? == 0, "init was run before: there is an administrator already");
    let created = account::create(&storage, name, Role::Administrator).await?;
    account::show(&created, json, out)?;
    Ok(storage.close().await?)
}
