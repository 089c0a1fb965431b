//! Where alerts are sent. What could not be sent is sent later, also after a restart; once may become twice, never none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::Notify;

use super::mail::Mail;
use super::webhook::Webhook;
use crate::clock::Clock;
use crate::config::Config;
use crate::storage::Storage;
use crate::storage::alerts::{AlertEntry, Channel};

/// How often it is looked for alerts that nobody woke the outlet for: those of other processes.
const LOOK: Duration = Duration::from_secs(30);
/// Wait after a failure: doubled each time, between these.
const RETRY: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(300));
/// Alerts that are read at a time.
const BATCH: u64 = 50;
/// An alert that could not be sent for so long is not sent any more; it stands in the log and in the console.
const GIVE_UP: Duration = Duration::from_secs(3 * 24 * 3_600);

/// A way out, at work.
#[derive(Debug)]
pub struct Outlet {
    way: Arc<Way>,
    sender: Sender,
}

#[derive(Debug)]
enum Sender {
    Mail(Box<Mail>),
    Webhook(Webhook),
}

/// A way out, for who wants to know of it.
#[derive(Debug)]
pub struct Way {
    /// Which way it is.
    pub channel: Channel,
    /// Where it leads: mail addresses, or a URL.
    pub to: Vec<String>,
    fares: Mutex<Fares>,
}

/// How a way out fares since the start. Times are Unix milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Fares {
    /// When an alert was sent last.
    pub sent_at: Option<i64>,
    /// Since when nothing could be sent, and why.
    pub failing: Option<(i64, String)>,
}

impl Way {
    fn new(channel: Channel, to: Vec<String>) -> Arc<Self> {
        Arc::new(Self { channel, to, fares: Mutex::default() })
    }

    /// How it fares.
    #[must_use]
    pub fn fares(&self) -> Fares {
        self.with_fares(|fares| fares.clone())
    }

    fn sent(&self, at: i64) {
        self.with_fares(|fares| *fares = Fares { sent_at: Some(at), failing: None });
    }

    fn failed(&self, at: i64, error: String) {
        self.with_fares(|fares| {
            let since = fares.failing.as_ref().map_or(at, |(since, _)| *since);
            fares.failing = Some((since, error));
        });
    }

    fn with_fares<T>(&self, act: impl FnOnce(&mut Fares) -> T) -> T {
        act(&mut self.fares.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Outlet {
    /// The outlets of a configuration.
    ///
    /// # Errors
    /// A file that it names is not there or not right.
    pub fn configured(config: &Config) -> anyhow::Result<Vec<Self>> {
        let mut outlets = Vec::new();
        if let Some(mail) = &config.alerts.mail {
            let sender = Mail::new(mail, &config.listen.url()).context("alerts.mail")?;
            let way = Way::new(Channel::Mail, mail.to.iter().map(|to| to.email.to_string()).collect());
            outlets.push(Self { way, sender: Sender::Mail(Box::new(sender)) });
        }
        if let Some(webhook) = &config.alerts.webhook {
            let sender = Webhook::new(webhook, &config.listen.url()).context("alerts.webhook")?;
            let way = Way::new(Channel::Webhook, vec![webhook.url.clone()]);
            outlets.push(Self { way, sender: Sender::Webhook(sender) });
        }
        Ok(outlets)
    }

    /// The way.
    #[must_use]
    pub fn way(&self) -> Arc<Way> {
        Arc::clone(&self.way)
    }

    /// Sends what is due, for ever.
    pub async fn work(self, storage: Storage, clock: Clock, wake: Arc<Notify>) {
        let mut pause = RETRY.0;
        loop {
            let woken = wake.notified();
            match self.send_due(&storage, clock).await {
                Ok(()) => {
                    pause = RETRY.0;
                    let _ = tokio::time::timeout(LOOK, woken).await;
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::error!(channel = ?self.way.channel, error, "alerts could not be sent yet");
                    self.way.failed(clock.now().unix_ms, error);
                    tokio::time::sleep(pause).await;
                    pause = (2 * pause).min(RETRY.1);
                }
            }
        }
    }

    async fn send_due(&self, storage: &Storage, clock: Clock) -> anyhow::Result<()> {
        let channel = self.way.channel;
        for alert in storage.alerts_due(channel, BATCH).await? {
            match self.send(&alert, clock).await {
                Ok(()) => self.way.sent(clock.now().unix_ms),
                Err(error) if clock.now().unix_ms - alert.at > GIVE_UP.as_millis() as i64 => {
                    let error = format!("{error:#}");
                    tracing::error!(alert = alert.id, ?channel, error, "an alert is not sent any more");
                }
                Err(error) => return Err(error),
            }
            storage.alert_sent(&alert.id, channel).await?;
        }
        Ok(())
    }

    async fn send(&self, alert: &AlertEntry, clock: Clock) -> anyhow::Result<()> {
        match &self.sender {
            Sender::Mail(mail) => mail.send(alert).await,
            Sender::Webhook(webhook) => webhook.send(alert, clock.now().unix_ms).await,
        }
    }
}
