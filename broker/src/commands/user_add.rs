//! `user add`: creates an account with a generated password.

use std::io::Write;

use anyhow::ensure;
use beside_protocol::api::Role;

use super::{account, open};
use crate::config::Config;

/// Runs the command.
///
/// # Errors
/// `init` was not run, the name is taken or not one, or the database failed.
pub async fn run(config: &Config, name: &str, role: Role, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = open(config).await?;
    ensure!(storage.active_administrators().await? > 0, "there is no administrator yet: run `init` first");
    let created = account::create(&storage, name, role).await?;
    account::show(&created, json, out)?;
    Ok(storage.close().await?)
}
