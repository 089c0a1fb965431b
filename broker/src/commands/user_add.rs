//! `user add`: creates an account with a generated password.

use std::io::Write;

use anyhow::{Context as _, ensure};
use beside_protocol::api::Role;

use super::account;
use crate::config::Config;
use crate::storage::Storage;

/// Runs the command.
///
/// # Errors
/// `init` was not run, the name is taken or not one, or the database failed.
pub async fn run(config: &Config, name: &str, role: Role, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = Storage::open(&config.database.url).await.context("the database can't be opened")?;
    ensure!(storage.has_administrator().await?, "there is no administrator yet: run `init` first");
    let created = account::create(&storage, name, role).await?;
    account::show(&created, json, out)?;
    Ok(storage.close().await?)
}
