//! `[alerts]`: who is told, and how.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use beside_broker_core::hours::Zone;
use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer};

/// Who is told of alerts, and how. Without mail and webhook they stand in the log and in the console only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// The IANA time zone in which an hour is an odd one; UTC without it.
    pub zone: Option<String>,
    /// By e-mail.
    pub mail: Option<Mail>,
    /// To another program.
    pub webhook: Option<Webhook>,
}

/// Alerts by e-mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The host of the SMTP relay.
    pub relay: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is encrypted.
    #[serde(default)]
    pub encryption: Encryption,
    /// PEM: the authorities of its TLS certificate; without it those of the system.
    pub authority: Option<PathBuf>,
    /// Who signs in to it,
    pub user: Option<String>,
    /// with the password in this file.
    pub password_file: Option<PathBuf>,
    /// Whose mail it is.
    #[serde(deserialize_with = "mailbox")]
    pub from: Mailbox,
    /// Who gets it.
    #[serde(deserialize_with = "mailboxes")]
    pub to: Vec<Mailbox>,
    /// In which language.
    #[serde(default)]
    pub language: Language,
}

/// How the way to an SMTP relay is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// STARTTLS, which must succeed (RFC 3207).
    #[default]
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Not at all: for a relay on this machine.
    None,
}

/// The language of what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Language {
    /// Korean.
    #[serde(rename = "ko")]
    Korean,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
}

/// Alerts to another program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// `https://…`
    pub url: String,
    /// The file with the secret that signs: `whsec_` and 24 to 64 bytes in base64.
    pub secret_file: PathBuf,
    /// PEM: the authorities of its TLS certificate; without it those of the system.
    pub authority: Option<PathBuf>,
}

impl Alerts {
    /// Whether what is set makes sense.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.zone()?;
        if let Some(mail) = &self.mail {
            ensure!(!mail.to.is_empty(), "alerts.mail.to: somebody must get it");
            ensure!(
                mail.user.is_some() == mail.password_file.is_some(),
                "alerts.mail: user and password_file belong together"
            );
            let here = mail.relay == "localhost" || mail.relay.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
            ensure!(
                mail.encryption != Encryption::None || here,
                "alerts.mail.encryption: without encryption only a relay on this machine is used"
            );
        }
        if let Some(webhook) = &self.webhook {
            ensure!(webhook.url.starts_with("https://"), "alerts.webhook.url: https://… is needed");
        }
        Ok(())
    }

    /// In whose hours an hour is an odd one.
    ///
    /// # Errors
    /// There is no such zone.
    pub fn zone(&self) -> anyhow::Result<Zone> {
        Zone::parse(self.zone.as_deref().unwrap_or("Etc/UTC")).context("alerts.zone")
    }
}

fn mailbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Mailbox, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn mailboxes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Mailbox>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}
