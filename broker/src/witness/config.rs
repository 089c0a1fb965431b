//! The witness's configuration file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use beside_audit::LogPublicKey;
use serde::Deserialize;

use crate::config::{Tls, log_keys};

/// Everything that can be configured. A key that is not here is an error, so that a typo can't pass silently.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessConfig {
    /// Where to listen: HTTPS. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The name of the witness's key: a URL without scheme.
    pub name: String,
    /// The folder of its copy, its key, and what it cosigned.
    pub folder: PathBuf,
    /// The log's public keys, `name+id+key`, the present one and earlier ones.
    #[serde(deserialize_with = "log_keys")]
    pub log_keys: Vec<LogPublicKey>,
    /// How to show who the witness is.
    pub tls: Tls,
}

impl WitnessConfig {
    /// Reads a file.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the configuration file {} can't be read", path.display()))?;
        Self::parse(&text).with_context(|| format!("the configuration file {} is not right", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text)?;
        ensure!(!config.log_keys.is_empty(), "log_keys: the log's public key is needed (`beside-broker audit key`)");
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../beside-witness.example.toml");

    #[test]
    fn the_example_is_a_configuration() {
        let config = WitnessConfig::parse(EXAMPLE).unwrap();
        assert_eq!((config.listen.port(), config.log_keys.len()), (8450, 1));
    }

    #[test]
    fn wrong_values_are_refused() {
        for (from, to) in [
            ("log_keys = [", "log_keys = [] # ["),
            ("log_keys = [", "log_keys = [\"nobody+00000000+AA\","),
            ("listen =", "listn ="),
            ("8450", "many"),
        ] {
            assert!(WitnessConfig::parse(&EXAMPLE.replacen(from, to, 1)).is_err(), "{to}");
        }
    }
}
