//! `init`: prepares the database and creates the first administrator, once.

use std::io::Write;

use anyhow::{Context as _, ensure};
use beside_protocol::api::Role;

use super::account;
use crate::config::Config;
use crate::storage::Storage;

/// Runs the command.
///
/// # Errors
/// There is an administrator already, or the database failed.
pub async fn run(config: &Config, name: &str, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = Storage::open(&config.database.url).await.context("the database can't be opened")?;
    ensure!(!storage.has_administrator().await?, "init was run before: there is an administrator already");
    let created = account::create(&storage, name, Role::Administrator).await?;
    account::show(&created, json, out)?;
    Ok(storage.close().await?)
}
