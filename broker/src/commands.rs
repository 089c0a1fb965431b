//! The commands that run and end, one file each, and what they share.

mod account;
pub mod backup;
pub mod check;
pub mod init;
pub mod log;
pub mod restore;
pub mod user_add;
pub mod user_link;

use anyhow::Context as _;
use beside_protocol::ids::OperatorId;
use rand_core::Rng as _;

use crate::clock::random;
use crate::config::Config;
use crate::storage::Storage;

/// A fresh id of an account.
#[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "sixteen hex digits behind u- are always an id")]
#[must_use]
pub fn new_id() -> OperatorId {
    let mut bytes = [0; 8];
    random().fill_bytes(&mut bytes);
    format!("u-{}", hex::encode(bytes)).parse().expect("an id")
}

/// Opens the database of a configuration.
///
/// # Errors
/// Says what is wrong with key or database.
pub async fn open(config: &Config) -> anyhow::Result<Storage> {
    let key = config.keys.encryption.read()?;
    Storage::open(&config.database.url, &key).await.context("the database can't be opened")
}
