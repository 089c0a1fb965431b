//! The configuration file.

mod alerts;
mod audit;
mod backup;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use beside_broker_core::address_rules::AddressRange;
use beside_identity::PublicKey;
use serde::Deserialize;

use crate::sealing::SecretKey;

pub use alerts::{Alerts, Encryption, Language, Mail, Webhook};
pub use audit::{Audit, log_keys};
pub use backup::{Backup, recipient};

/// An organisation has one to four keys (`docs/protocol.md`, "Signed statements").
const KEYS_MAX: usize = 4;

/// Everything that can be configured. A key that is not here is an error, so that a typo can't pass silently.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// SEC1 uncompressed public keys, hex.
    #[serde(deserialize_with = "keys")]
    pub organisation_keys: Vec<PublicKey>,
    /// Whom the public page names.
    #[serde(default)]
    pub organisation: Organisation,
    /// Where to listen.
    pub listen: Listen,
    /// Whose word about a caller's address counts.
    #[serde(default)]
    pub proxies: Proxies,
    /// How to show who the broker is.
    pub tls: Tls,
    /// Where the state is kept.
    pub database: Database,
    /// The keys that are kept apart from the database.
    pub keys: Keys,
    /// Who vouches for the audit log.
    #[serde(default)]
    pub audit: Audit,
    /// Who is told of alerts, and how.
    #[serde(default)]
    pub alerts: Alerts,
    /// Backups that the broker makes by itself.
    pub backup: Option<Backup>,
    /// What passwords are judged by, beyond the policy.
    #[serde(default)]
    pub passwords: Passwords,
}

/// Whom the public page and `security.txt` name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Organisation {
    /// Its name.
    pub name: Option<String>,
    /// Where to report a weakness: `mailto:` or `https:`.
    pub security_contact: Option<String>,
    /// Where to ask about personal data: `mailto:` or `https:`.
    pub privacy_contact: Option<String>,
}

/// Where to listen. Port 0 takes a free one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// For apps and strangers. HTTPS and WebSocket over TCP, and STUN over UDP: one number to open in a firewall, and
    /// apps that know the broker know where to ask.
    pub public: SocketAddr,
    /// For administrators, supervisors and auditors: HTTPS.
    pub administration: SocketAddr,
    /// For Prometheus and load balancers: HTTPS.
    pub metrics: SocketAddr,
    /// The address under which people reach the public listener, for links: `https://HOST[:PORT]`.
    pub public_url: Option<String>,
}

/// Reverse proxies in front of the broker.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Proxies {
    /// Only what these say counts; from anybody else it is ignored.
    pub trusted: Vec<AddressRange>,
    /// The header that they write.
    pub header: ForwardingHeader,
}

/// The header in which proxies name the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardingHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
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
    /// `sqlite:PATH?mode=rwc` or `postgres://USER:PASSWORD@HOST/NAME`.
    pub url: String,
}

/// The keys that are kept apart from the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The key-encryption key: 64 hex digits.
    pub encryption: KeySource,
    /// The key that signs the checkpoints of the audit log, a file that `init` makes.
    pub checkpoints: PathBuf,
}

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// In a file that only the broker's user can read.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

/// What passwords are judged by, beyond the policy.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Passwords {
    /// A list of passwords from breaches: lines of SHA-1 in hex, `:`, a count, ordered by hash.
    pub breached_list: Option<PathBuf>,
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
        let url = &config.database.url;
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
            bail!("database.url: only sqlite: and postgres: are supported");
        }
        let listen = &config.listen;
        for (name, address, others) in [
            ("listen.administration", listen.administration, &[listen.public, listen.metrics][..]),
            ("listen.metrics", listen.metrics, &[listen.public]),
        ] {
            ensure!(address.port() == 0 || !others.contains(&address), "{name}: {address} is another listener's");
        }
        if let Some(url) = &listen.public_url {
            ensure!(
                url.starts_with("https://") && !url.ends_with('/') && !url.contains(['#', '?']),
                "listen.public_url: https://HOST or https://HOST:PORT is needed"
            );
        }
        for (name, contact) in [
            ("organisation.security_contact", &config.organisation.security_contact),
            ("organisation.privacy_contact", &config.organisation.privacy_contact),
        ] {
            if let Some(contact) = contact {
                ensure!(
                    contact.starts_with("mailto:") || contact.starts_with("https://"),
                    "{name}: mailto:ADDRESS or https://… is needed"
                );
            }
        }
        config.audit.check()?;
        config.alerts.check()?;
        if let Some(backup) = &config.backup {
            backup.check()?;
        }
        Ok(config)
    }
}

impl Listen {
    /// The address under which people reach the public listener.
    #[must_use]
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("https://{}", self.public))
    }
}

impl KeySource {
    /// Reads the key.
    ///
    /// # Errors
    /// Says where it should be, never what is there.
    pub fn read(&self) -> anyhow::Result<SecretKey> {
        let (text, place) = match self {
            Self::File(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("keys.encryption: {} can't be read", path.display()))?;
                (text, path.display().to_string())
            }
            Self::Environment(name) => {
                let text = std::env::var(name).with_context(|| format!("keys.encryption: {name} is not set"))?;
                (text, name.clone())
            }
        };
        let text = zeroize::Zeroizing::new(text);
        SecretKey::from_hex(&text).with_context(|| format!("keys.encryption: {place} holds no 64 hex digits"))
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
    const RECIPIENT: &str = "age1v6udggmqfyfa0zmkqr8pzumxdyjnxl802y744p5dd9vm9ark53rq0nru39";

    #[test]
    fn the_example_is_a_configuration() {
        let config = Config::parse(EXAMPLE).unwrap();
        assert_eq!(config.organisation_keys.len(), 1);
        assert_eq!(config.listen.public.port(), 8443);
        assert_eq!(config.keys.encryption, KeySource::File("beside-broker.key".into()));
    }

    /// What is commented out in the example is right too, once it is taken in.
    #[test]
    fn the_example_explains_only_what_there_is() {
        let all: String = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix("#: ") {
                Some(setting) => format!("{setting}\n"),
                None => format!("{line}\n"),
            })
            .collect();
        let config = Config::parse(&all).unwrap();
        assert!(config.organisation.name.is_some() && config.passwords.breached_list.is_some());
        let mail = config.alerts.mail.unwrap();
        assert!(mail.to.len() == 2 && mail.user.is_some() && config.alerts.webhook.is_some());
        assert_eq!(config.backup.unwrap().recipients.len(), 1);
        assert!(config.audit.witness.is_some() && config.audit.earlier_keys.len() == 1);
        assert_eq!((config.proxies.trusted.len(), config.proxies.header), (2, ForwardingHeader::Forwarded));
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
            ("127.0.0.1:8444", "127.0.0.1:8443"),
            ("127.0.0.1:8445", "127.0.0.1:8444"),
            ("organisation_keys = [", "organisation_keys = [] # ["),
            ("organisation_keys = [", &format!("organisation_keys = [\"{key}\",")),
            ("[listen]", "[listen]\npublic_url = \"http://x\""),
            ("[listen]", "[organisation]\nsecurity_contact = \"somebody\"\n[listen]"),
            ("[listen]", "[proxies]\ntrusted = [\"10.0.0.1/8\"]\n[listen]"),
            ("[listen]", "[audit]\nwitness = \"https://witness.example.com\"\n[listen]"),
            ("[listen]", "[audit]\nwitness_key = \"witness\"\n[listen]"),
            ("[listen]", "[backup]\ndirectory = \"b\"\nrecipients = []\n[listen]"),
            ("[listen]", "[backup]\ndirectory = \"b\"\nrecipients = [\"age1nobody\"]\n[listen]"),
            ("[listen]", &format!("[backup]\ndirectory = \"b\"\nrecipients = [{RECIPIENT:?}]\nkeep = 0\n[listen]")),
            ("[listen]", "[alerts]\nzone = \"Asia/Atlantis\"\n[listen]"),
            ("[listen]", "[alerts.webhook]\nurl = \"http://x\"\nsecret_file = \"s\"\n[listen]"),
            ("[listen]", "[alerts.mail]\nrelay = \"x\"\nport = 25\nfrom = \"a@x.org\"\nto = []\n[listen]"),
            ("[listen]", "[alerts.mail]\nrelay = \"x\"\nport = 25\nfrom = \"nobody\"\nto = [\"b@x.org\"]\n[listen]"),
            (
                "[listen]",
                "[alerts.mail]\nrelay = \"x.org\"\nport = 25\nencryption = \"none\"\nfrom = \"a@x.org\"\nto = [\"b@x.org\"]\n[listen]",
            ),
            (
                "[listen]",
                "[alerts.mail]\nrelay = \"x.org\"\nport = 25\nuser = \"u\"\nfrom = \"a@x.org\"\nto = [\"b@x.org\"]\n[listen]",
            ),
        ] {
            assert!(Config::parse(&EXAMPLE.replacen(from, to, 1)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_key_that_is_not_there_is_named() {
        let error = KeySource::File("nowhere/key".into()).read().unwrap_err();
        assert!(format!("{error:#}").contains("keys.encryption: nowhere/key can't be read"), "{error:#}");
        let error = KeySource::Environment("BESIDE_NO_SUCH_KEY".into()).read().unwrap_err();
        assert!(format!("{error:#}").contains("BESIDE_NO_SUCH_KEY is not set"), "{error:#}");
    }
}
