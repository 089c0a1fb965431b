//! Alerts by e-mail, through the organisation's SMTP relay.
//!
//! A mail lies on servers that the broker knows nothing of: addresses of people do not stand in it, only where to look.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::words;
use crate::config::{self, Encryption, Language};
use crate::https_client::authorities;
use crate::secret_file;
use crate::storage::alerts::AlertEntry;

/// How long the relay may take for each of its answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// The way to the relay.
pub struct Mail {
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    language: Language,
    broker: String,
}

/// The password does not print.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({})", self.from)
    }
}

impl Mail {
    /// The mail of a configuration, for the broker of this address.
    ///
    /// # Errors
    /// A file that it names is not there or not right.
    pub fn new(config: &config::Mail, broker: &str) -> anyhow::Result<Self> {
        let tls = match config.encryption {
            Encryption::Starttls => Tls::Required(tls(config)?),
            Encryption::Tls => Tls::Wrapper(tls(config)?),
            Encryption::None => Tls::None,
        };
        // "Dangerous" is what is said of a builder whose encryption is up to its caller.
        let mut relay = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.relay)
            .port(config.port)
            .timeout(Some(PATIENCE))
            .tls(tls);
        if let (Some(user), Some(file)) = (&config.user, &config.password_file) {
            let password = secret_file::read(file).context("password_file")?;
            relay = relay.credentials(Credentials::new(user.clone(), password.trim().to_owned()));
        }
        Ok(Self {
            relay: relay.build(),
            from: config.from.clone(),
            to: config.to.clone(),
            language: config.language,
            broker: broker.to_owned(),
        })
    }

    /// Sends an alert.
    ///
    /// # Errors
    /// The relay can't be reached, or did not take it.
    pub async fn send(&self, alert: &AlertEntry) -> anyhow::Result<()> {
        let message = self.message(alert).context("an alert could not be written as a mail")?;
        self.relay.send(message).await.context("the SMTP relay did not take it")?;
        Ok(())
    }

    fn message(&self, alert: &AlertEntry) -> anyhow::Result<Message> {
        let letter = words::letter(alert, self.language, &self.broker);
        let start = Message::builder().from(self.from.clone()).subject(letter.subject);
        let to_all = |message: MessageBuilder, to: &Mailbox| message.to(to.clone());
        let message = self
            .to
            .iter()
            .fold(start, to_all)
            // The same alert, sent twice, is the same mail.
            .message_id(Some(format!("<{}@{}>", alert.id, self.from.email.domain())))
            // Nobody's absence note should answer (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body)?;
        Ok(message)
    }
}

fn tls(config: &config::Mail) -> anyhow::Result<TlsParameters> {
    let mut tls = TlsParameters::builder(config.relay.clone()).certificate_store(CertificateStore::None);
    for authority in authorities(config.authority.as_deref())? {
        tls = tls.add_root_certificate(Certificate::from_der(authority.as_ref().to_vec())?);
    }
    Ok(tls.build_rustls()?)
}
