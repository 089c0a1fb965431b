//! Talking to a witness over HTTPS.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_audit::{Answer, MAX_NOTE, Offer, Standing};
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;

use super::http::CHECKPOINT;
use crate::https_client;

/// How long an offer may take until it is answered.
const PATIENCE: Duration = Duration::from_secs(120);
/// An answer is a standing with a note, and a refusal, whose reason may quote the note.
const ANSWER_MAX: usize = 4 * MAX_NOTE;

/// The way to a witness.
#[derive(Debug, Clone)]
pub struct WitnessClient {
    http: Client,
    url: String,
}

impl WitnessClient {
    /// The witness at `https://HOST[:PORT]`, whose certificate one of the authorities in the PEM file vouches for; without
    /// a file, one of the system's.
    ///
    /// # Errors
    /// The file is not right, or the system has no authorities.
    pub fn new(url: &str, authority: Option<&Path>) -> anyhow::Result<Self> {
        ensure!(url.starts_with("https://"), "{url} is no https: address");
        let http = https_client::client(authority, &[&rustls::version::TLS13], PATIENCE)?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned() })
    }

    /// Where the witness says it stands. Only the checkpoint in it is signed.
    ///
    /// # Errors
    /// It can't be reached, or doesn't answer as a witness does.
    pub async fn standing(&self) -> anyhow::Result<Standing> {
        self.ask(self.http.get(format!("{}/v1/standing", self.url))).await
    }

    /// Offers rows.
    ///
    /// # Errors
    /// It can't be reached, or doesn't answer as a witness does.
    pub async fn offer(&self, offer: &Offer) -> anyhow::Result<Answer> {
        let checkpoint = STANDARD.encode(&offer.checkpoint);
        self.ask(self.http.post(format!("{}/v1/offer", self.url)).header(CHECKPOINT, checkpoint).json(offer)).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> anyhow::Result<T> {
        let mut response = request.send().await.with_context(|| format!("{} can't be reached", self.url))?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.context("the answer broke off")? {
            if bytes.len() + chunk.len() > ANSWER_MAX {
                bail!("{} answered with more than {ANSWER_MAX} bytes", self.url);
            }
            bytes.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&bytes).with_context(|| format!("{} answered {status}, but not as a witness", self.url))
    }
}
