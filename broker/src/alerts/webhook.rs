//! Alerts to another program, signed as Standard Webhooks 1.0.0 says: HMAC-SHA-256 over id, time and body.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Client;
use serde::Serialize;
use sha2::Sha256;

use crate::config;
use crate::https_client;
use crate::secret_file;
use crate::storage::alerts::AlertEntry;

/// How long the other program may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// What stands before the secret.
const PREFIX: &str = "whsec_";

/// The way to it.
pub struct Webhook {
    http: Client,
    url: String,
    key: Hmac<Sha256>,
    broker: String,
}

/// The secret does not print.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Webhook({})", self.url)
    }
}

/// What is sent.
#[derive(Serialize)]
struct Body<'a> {
    /// What kind of message it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The address of the broker that says so.
    broker: &'a str,
    data: &'a AlertEntry,
}

impl Webhook {
    /// The webhook of a configuration, for the broker of this address.
    ///
    /// # Errors
    /// A file that it names is not there or not right.
    pub fn new(config: &config::Webhook, broker: &str) -> anyhow::Result<Self> {
        let text = secret_file::read(&config.secret_file).context("secret_file")?;
        let secret = text.trim().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let secret = zeroize::Zeroizing::new(secret.context("secret_file: `whsec_` and base64 are needed")?);
        ensure!((24..=64).contains(&secret.len()), "secret_file: 24 to 64 bytes are needed");
        let key = Hmac::new_from_slice(&secret).context("secret_file")?;
        let http = https_client::client(config.authority.as_deref(), rustls::ALL_VERSIONS, PATIENCE)?;
        Ok(Self { http, url: config.url.clone(), key, broker: broker.to_owned() })
    }

    /// Sends an alert at `now` (Unix milliseconds). Whoever gets it must answer with a status of 2xx.
    ///
    /// # Errors
    /// It can't be reached, or did not take it.
    pub async fn send(&self, alert: &AlertEntry, now: i64) -> anyhow::Result<()> {
        let body = serde_json::to_string(&Body { kind: "alert.raised", broker: &self.broker, data: alert })?;
        let time = (now / 1_000).to_string();
        let signed = self.key.clone().chain_update(format!("{}.{time}.{body}", alert.id)).finalize().into_bytes();
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", &alert.id)
            .header("webhook-timestamp", time)
            .header("webhook-signature", format!("v1,{}", STANDARD.encode(signed)))
            .body(body);
        let status = request.send().await.with_context(|| format!("{} can't be reached", self.url))?.status();
        ensure!(status.is_success(), "{} answered {status}", self.url);
        Ok(())
    }
}
