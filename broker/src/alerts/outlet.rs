//! Where alerts are sent. What could not be sent is sent later, also after a restart; once may become twice, never none.

use std::sync::Arc;
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

/// A way out.
#[derive(Debug)]
pub enum Outlet {
    /// By e-mail.
    Mail(Box<Mail>),
    /// To another program.
    Webhook(Webhook),
}

impl Outlet {
    /// The outlets of a configuration.
    ///
    /// # Errors
    /// A file that it names is not there or not right.
    pub fn configured(config: &Config) -> anyhow::Result<Vec<Self>> {
        let mut outlets = Vec::new();
        if let Some(mail) = &config.alerts.mail {
            outlets.push(Self::Mail(Box::new(Mail::new(mail, &config.listen.url()).context("alerts.mail")?)));
        }
        if let Some(webhook) = &config.alerts.webhook {
            outlets.push(Self::Webhook(Webhook::new(webhook, &config.listen.url()).context("alerts.webhook")?));
        }
        Ok(outlets)
    }

    /// Which way it is.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Mail(_) => Channel::Mail,
            Self::Webhook(_) => Channel::Webhook,
        }
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
                    tracing::error!(channel = ?self.channel(), error, "alerts could not be sent yet");
                    tokio::time::sleep(pause).await;
                    pause = (2 * pause).min(RETRY.1);
                }
            }
        }
    }

    async fn send_due(&self, storage: &Storage, clock: Clock) -> anyhow::Result<()> {
        let channel = self.channel();
        for alert in storage.alerts_due(channel, BATCH).await? {
            match self.send(&alert, clock).await {
                Ok(()) => {}
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
        match self {
            Self::Mail(mail) => mail.send(alert).await,
            Self::Webhook(webhook) => webhook.send(alert, clock.now().unix_ms).await,
        }
    }
}
