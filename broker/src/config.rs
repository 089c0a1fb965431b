//! The configuration file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use beside_identity::PublicKey;
use serde::Deserialize;

/// An organisation has one to four keys (`docs/protocol.md`, "Signed statements").
const KEYS_MAX: usize = 4;

/// Everything that can be configured. A key that is not here is an error, so that a typo can't pass silently.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// SEC1 uncompressed public keys, hex.
    #[serde(deserialize_with = "keys")]
    pub organisation_keys: Vec<PublicKey>,
    /// Where to listen.
    pub listen: Listen,
    /// How to show who the broker is.
    pub tls: Tls,
    /// Where the state is kept.
    pub database: Database,
}

/// Where to listen. Port 0 takes a free one.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// HTTPS and WebSocket over TCP, and STUN over UDP: one number to open in a firewall, and apps that know the broker
    /// know where to ask.
    pub public: SocketAddr,
}

/// The TLS certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM, the leaf first.
    pub certificate: PathBuf,
    /// PEM.
    pub key: PathBuf,
}

/// The database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH?mode=rwc`.
    pub url: String,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the configuration file {} can't be read", path.display()))?;
        Self::parse(&text).with_context(|| format!("the configuration file {} is not right", path.display()))
    }

    /// Parses the text of a file.
    ///
    /// # Errors
    /// Says what is wrong and where.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text)?;
        ensure!(
            (1..=KEYS_MAX).contains(&config.organisation_keys.len()),
            "organisation_keys: one to {KEYS_MAX} keys are needed, {} are there",
            config.organisation_keys.len()
        );
        if !config.database.url.starts_with("sqlite:") {
            bail!("database.url: only sqlite: is supported");
        }
        Ok(config)
    }
}

fn keys<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<PublicKey>, D::Error> {
    let key = |text: String| {
        let bytes = hex::decode(&text).map_err(|_| serde::de::Error::custom("a key is not hex"))?;
        PublicKey::from_sec1(&bytes).map_err(|_| serde::de::Error::custom("a key is not a P-256 point in SEC1 form"))
    };
    Vec::<String>::deserialize(deserializer)?.into_iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../beside-broker.example.toml");

    #[test]
    fn the_example_is_a_configuration() {
        let config = Config::parse(EXAMPLE).unwrap();
        assert_eq!(config.organisation_keys.len(), 1);
        assert_eq!(config.listen.public.port(), 8443);
    }

    #[test]
    fn a_typo_is_named() {
        let error = Config::parse(&EXAMPLE.replace("[listen]", "[listen]\npubic = \"127.0.0.1:1\"")).unwrap_err();
        assert!(format!("{error:#}").contains("pubic"), "{error:#}");
    }

    #[test]
    fn wrong_values_are_refused() {
        let key = "04".to_owned() + &"11".repeat(64);
        for (from, to) in [
            ("sqlite:", "mysql:"),
            ("127.0.0.1:8443", "127.0.0.1"),
            ("organisation_keys = [", "organisation_keys = [] # ["),
            ("organisation_keys = [", &format!("organisation_keys = [\"{key}\",")),
        ] {
            assert!(Config::parse(&EXAMPLE.replacen(from, to, 1)).is_err(), "{to}");
        }
    }
}
