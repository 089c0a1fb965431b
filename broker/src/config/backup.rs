//! `[backup]`: where backups go, and for whom.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use age::x25519::Recipient;
use anyhow::{anyhow, ensure};
use serde::{Deserialize, Deserializer};

/// Backups that the broker makes by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The folder, which should be on another disk, and is best fetched by another host.
    pub directory: PathBuf,
    /// Who can open them: public parts of backup keys.
    #[serde(deserialize_with = "recipients")]
    pub recipients: Vec<Recipient>,
    /// Hours between two.
    #[serde(default = "daily")]
    pub every_hours: u32,
    /// How many are kept; older ones are deleted once a newer one is whole.
    #[serde(default = "fortnight")]
    pub keep: u32,
}

const fn daily() -> u32 {
    24
}

const fn fortnight() -> u32 {
    14
}

impl Backup {
    /// The time between two.
    #[must_use]
    pub fn every(&self) -> Duration {
        Duration::from_secs(u64::from(self.every_hours) * 3_600)
    }

    /// Whether what is set makes sense.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        ensure!(!self.recipients.is_empty(), "backup.recipients: somebody must be able to open them");
        ensure!((1..=24 * 31).contains(&self.every_hours), "backup.every_hours: 1 to 744");
        ensure!((1..=1_000).contains(&self.keep), "backup.keep: 1 to 1000");
        Ok(())
    }
}

/// The public part of a backup key.
///
/// # Errors
/// Says that it is none.
pub fn recipient(text: &str) -> anyhow::Result<Recipient> {
    Recipient::from_str(text).map_err(|why| anyhow!("{text} is not the public part of a backup key: {why}"))
}

fn recipients<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Recipient>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| recipient(text).map_err(serde::de::Error::custom)).collect()
}
