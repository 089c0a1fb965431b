//! The broker's REST, as far as the apps need it.

use std::time::Duration;

use beside_protocol::afterwards::{Note, Rate, Tags};
use beside_protocol::api::{Credential, Problem, SignIn, SignedIn};
use beside_protocol::proof::Challenge;
use beside_protocol::{ErrorCode, SessionId, Token};
use serde::de::DeserializeOwned;

use crate::dial::Broker;
use crate::error::TransportError;

/// Sign-in hashes with Argon2id and may queue behind others; still nobody waits longer than this.
const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// No answer of these endpoints is longer.
const ANSWER_MAX: usize = 256 * 1024;

/// What the broker says to a name and a password.
#[derive(Debug)]
pub enum SignInAnswer {
    /// Come in.
    SignedIn(SignedIn),
    /// There were many wrong tries, so it has not looked at them: ask again with a proof for this challenge.
    Prove(Challenge),
}

/// A client for one broker.
#[derive(Debug, Clone)]
pub struct Api {
    client: reqwest::Client,
    base: String,
}

impl Api {
    /// A client that trusts what `broker` says is to be trusted.
    ///
    /// # Errors
    /// TLS can't be set up.
    pub fn new(broker: &Broker) -> Result<Self, TransportError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured((*broker.tls).clone())
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_WAIT)
            .build()
            .map_err(|error| TransportError::Local(error.to_string()))?;
        Ok(Self { client, base: format!("https://{}/api/v1", broker.authority()) })
    }

    /// `POST /sign-in`.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses.
    pub async fn sign_in(&self, request: &SignIn) -> Result<SignInAnswer, TransportError> {
        match self.ask(self.client.post(format!("{}/sign-in", self.base)).json(request)).await? {
            Answer::Granted(body) => parsed(&body).map(SignInAnswer::SignedIn),
            Answer::Refused(Problem { code: ErrorCode::ProofNeeded, challenge: Some(challenge), .. }) => {
                Ok(SignInAnswer::Prove(challenge))
            }
            Answer::Refused(problem) => Err(TransportError::Refused(problem.code)),
        }
    }

    /// `POST /sign-out`. The token is good for nothing afterwards.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses.
    pub async fn sign_out(&self, token: &Token) -> Result<(), TransportError> {
        let request = self.client.post(format!("{}/sign-out", self.base)).bearer_auth(token.to_text());
        self.send(request).await.map(|_| ())
    }

    /// `GET /credential`.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses.
    pub async fn credential(&self, token: &Token) -> Result<Credential, TransportError> {
        self.answer(self.client.get(format!("{}/credential", self.base)).bearer_auth(token.to_text())).await
    }

    /// `POST /rating`, by the customer's app.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses.
    pub async fn rate(&self, rate: &Rate) -> Result<(), TransportError> {
        self.send(self.client.post(format!("{}/rating", self.base)).json(rate)).await.map(|_| ())
    }

    /// `PUT /own/sessions/{session}/note`.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses.
    pub async fn note(&self, token: &Token, sid: SessionId, note: &Note) -> Result<(), TransportError> {
        let url = format!("{}/own/sessions/{}/note", self.base, sid.to_text());
        self.send(self.client.put(url).bearer_auth(token.to_text()).json(note)).await.map(|_| ())
    }

    /// `GET /own/tags`.
    ///
    /// # Errors
    /// The broker can't be reached, is not trusted, or refuses.
    pub async fn tags(&self, token: &Token) -> Result<Tags, TransportError> {
        self.answer(self.client.get(format!("{}/own/tags", self.base)).bearer_auth(token.to_text())).await
    }

    async fn answer<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, TransportError> {
        parsed(&self.send(request).await?)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Vec<u8>, TransportError> {
        match self.ask(request).await? {
            Answer::Granted(body) => Ok(body),
            Answer::Refused(problem) => Err(TransportError::Refused(problem.code)),
        }
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Answer, TransportError> {
        let mut response = request.send().await.map_err(|error| from_reqwest(&error))?;
        let good = response.status().is_success();
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| from_reqwest(&error))? {
            if body.len() + part.len() > ANSWER_MAX {
                return Err(TransportError::Misbehaved("the answer is too long".to_owned()));
            }
            body.extend_from_slice(&part);
        }
        if good { Ok(Answer::Granted(body)) } else { parsed(&body).map(Answer::Refused) }
    }
}

enum Answer {
    Granted(Vec<u8>),
    Refused(Problem),
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, TransportError> {
    serde_json::from_slice(body).map_err(|error| TransportError::Misbehaved(error.to_string()))
}

/// Finds the refused certificate behind reqwest's layers of errors.
fn from_reqwest(error: &reqwest::Error) -> TransportError {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return TransportError::from_dial(io);
        }
        if let Some(rustls::Error::InvalidCertificate(why)) = cause.downcast_ref::<rustls::Error>() {
            return TransportError::NotTrusted(format!("{why:?}"));
        }
        source = cause.source();
    }
    TransportError::Unreachable(error.to_string())
}
