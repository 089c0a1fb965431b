//! Writes alarms to the database and the log, until they are there, and lets blocks take effect.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use beside_broker_core::alarms::{Alarm, Alert, Block, Whom};
use tokio::sync::{Notify, mpsc};

use crate::access::Blocked;
use crate::audit::{Action, Actor, Event};
use crate::commands::fresh_id;
use crate::http::Shared;
use crate::storage::StorageError;
use crate::storage::alerts::Channel;
use crate::storage::blocks::NewBlock;

/// Between two tries to write.
const RETRY: Duration = Duration::from_secs(2);

/// Keeps what comes, in order, and wakes the outlets.
pub async fn keep(
    shared: web::Data<Shared>,
    channels: Vec<Channel>,
    mut alarms: mpsc::Receiver<Alarm>,
    wake: Arc<Notify>,
) {
    while let Some(alarm) = alarms.recv().await {
        loop {
            match keep_one(&shared, &channels, &alarm).await {
                Ok(()) => break,
                Err(error) if error.is_passing() => {
                    tracing::error!(%error, "an alarm could not be written yet");
                    tokio::time::sleep(RETRY).await;
                }
                Err(error) => {
                    tracing::error!(%error, ?alarm, "an alarm could not be written");
                    break;
                }
            }
        }
        wake.notify_waiters();
    }
}

async fn keep_one(shared: &Shared, channels: &[Channel], alarm: &Alarm) -> Result<(), StorageError> {
    match alarm {
        Alarm::Raise(alert) => raise(shared, channels, alert).await,
        Alarm::Block(new) => block(shared, new).await,
    }
}

async fn raise(shared: &Shared, channels: &[Channel], alert: &Alert) -> Result<(), StorageError> {
    let (kind, severity) = (alert.kind.as_str(), alert.severity.as_str());
    tracing::warn!(kind, severity, subject = alert.subject.kind(), numbers = ?alert.numbers, "alert");
    let mut writing = shared.exchange.storage.writing().await?;
    writing.raise(&fresh_id('l'), alert, channels).await?;
    writing.commit().await
}

async fn block(shared: &Shared, block: &Block) -> Result<(), StorageError> {
    let blocked = match &block.whom {
        Whom::Account(account) => Blocked::Account(account.clone()),
        // A place is written as the range that it is.
        Whom::Place(place) => {
            let range = place.to_string().parse().map_err(|_| StorageError::Invalid("place"))?;
            Blocked::Range(range)
        }
    };
    let new = NewBlock { id: fresh_id('b'), blocked, because: block.because.as_str(), expires_at: block.until };
    let event = Event::new(Action::BlockMade, Actor::Broker, shared.now());
    let mut writing = shared.exchange.storage.writing().await?;
    writing.block(&new, None, event).await?;
    writing.commit().await?;
    shared.refresh_rules().await
}
