//! The commands that run and end, one file each, and what they share.

mod account;
pub mod audit;
pub mod backup;
pub mod check;
pub mod demo_data;
pub mod init;
pub mod keys;
pub mod log;
pub mod restore;
pub mod retention;
pub mod user_add;
pub mod user_link;
pub mod witness;

use anyhow::Context as _;
use beside_audit::{KeyName, LogKey};
use beside_protocol::ids::OperatorId;
use rand_core::Rng as _;

use crate::clock::random;
use crate::config::Config;
use crate::secret_file;
use crate::storage::Storage;
use crate::storage::signing::Signer;

/// A fresh id of an account.
#[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "sixteen hex digits behind u- are always an id")]
#[must_use]
pub fn new_id() -> OperatorId {
    fresh_id('u').parse().expect("an id")
}

/// A fresh id of something whose ids begin with this letter.
#[must_use]
pub fn fresh_id(letter: char) -> String {
    let mut bytes = [0; 8];
    random().fill_bytes(&mut bytes);
    format!("{letter}-{}", hex::encode(bytes))
}

/// Opens the database of a configuration.
///
/// # Errors
/// Says what is wrong with key or database.
pub async fn open(config: &Config) -> anyhow::Result<Storage> {
    let signer = Signer::new(checkpoint_key(config)?, &config.audit.earlier_keys);
    Storage::open(&config.database.url, &config.keys.encryption, signer).await.context("the database can't be opened")
}

/// Makes the key that signs the checkpoints of the audit log, unless it is there.
fn make_checkpoint_key(config: &Config) -> anyhow::Result<()> {
    if config.keys.checkpoints.exists() {
        return Ok(());
    }
    let name = KeyName::new("beside-broker").context("the name of the key")?;
    secret_file::write(&config.keys.checkpoints, &LogKey::generate(name, &mut random()).to_text())
}

/// The key that signs the checkpoints of the audit log.
fn checkpoint_key(config: &Config) -> anyhow::Result<LogKey> {
    let path = &config.keys.checkpoints;
    let text = secret_file::read(path).context("keys.checkpoints: `init` makes this file")?;
    LogKey::parse(text.trim()).with_context(|| format!("keys.checkpoints: {} holds no key of a log", path.display()))
}
