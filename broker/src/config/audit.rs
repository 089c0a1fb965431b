//! `[audit]`: who beside the broker vouches for the audit log.

use std::path::PathBuf;

use anyhow::ensure;
use beside_audit::{KeyError, LogPublicKey, WitnessPublicKey};
use serde::{Deserialize, Deserializer};

/// Who vouches for the audit log.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// Public keys, `name+id+key`, of checkpoint keys that were used before the present one.
    #[serde(deserialize_with = "log_keys")]
    pub earlier_keys: Vec<LogPublicKey>,
    /// `https://HOST[:PORT]` of the witness; without one nobody else has a copy of the log.
    pub witness: Option<String>,
    /// The witness's public key, `name+id+key`.
    #[serde(deserialize_with = "witness_key")]
    pub witness_key: Option<WitnessPublicKey>,
    /// PEM: the authorities of the witness's TLS certificate; without it those of the system.
    pub witness_authority: Option<PathBuf>,
}

impl Audit {
    /// Whether what belongs together is there together.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if let Some(url) = &self.witness {
            ensure!(url.starts_with("https://") && !url.ends_with('/'), "audit.witness: https://HOST[:PORT] is needed");
            ensure!(self.witness_key.is_some(), "audit.witness_key: a witness's word counts only under its key");
        }
        Ok(())
    }
}

/// Public keys of logs, from their texts.
///
/// # Errors
/// A text is no such key.
pub fn log_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<LogPublicKey>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let keys: Result<Vec<_>, KeyError> = texts.iter().map(|text| LogPublicKey::parse(text)).collect();
    keys.map_err(serde::de::Error::custom)
}

fn witness_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<WitnessPublicKey>, D::Error> {
    let text = String::deserialize(deserializer)?;
    WitnessPublicKey::parse(&text).map(Some).map_err(serde::de::Error::custom)
}
