//! What watches over the audit log while the broker runs: checkpoints in time, and the way to the witness. Each tells how
//! it fares, for alerts and metrics.

use std::time::Duration;

use beside_audit::{Refusal, checkpoint_is_due};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::clock::Clock;
use crate::storage::signing::Signing;
use crate::storage::{Storage, StorageError};
use crate::witness::offering::Offering;

/// How often it is looked whether a checkpoint is due.
const LOOK: Duration = Duration::from_secs(1);
/// How often the witness is asked where it stands, when there is nothing new.
const ASK: Duration = Duration::from_secs(60);
/// How long the witness may take when the broker stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// How the checkpoints fare. Times are Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckpointState {
    /// Rows that are signed.
    pub size: u64,
    /// When the newest checkpoint of this process was signed.
    pub signed_at: Option<i64>,
    /// Since when nothing is signed any more, because the log does not continue what was signed.
    pub refused_since: Option<i64>,
    /// Since when nothing could be signed, because of the database.
    pub failing_since: Option<i64>,
}

/// How the witness fares. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WitnessState {
    /// Rows that it has cosigned.
    pub size: u64,
    /// When it did last.
    pub cosigned_at: Option<u64>,
    /// What it refused last, until it cosigns again.
    pub refusal: Option<Refusal>,
    /// Since when it can't be reached, or doesn't answer as a witness does.
    pub failing_since: Option<i64>,
}

/// The safeguards at work.
#[derive(Debug)]
pub struct Safeguards {
    /// How the checkpoints fare.
    pub checkpoints: watch::Receiver<CheckpointState>,
    /// How the witness fares, if there is one.
    pub witness: Option<watch::Receiver<WitnessState>>,
    storage: Storage,
    clock: Clock,
    offering: Option<Offering>,
    tasks: Vec<JoinHandle<()>>,
}

impl Safeguards {
    /// Sets them to work.
    #[must_use]
    pub fn start(storage: Storage, clock: Clock, offering: Option<Offering>) -> Self {
        let (tell, checkpoints) = watch::channel(CheckpointState::default());
        let mut tasks = vec![actix_web::rt::spawn(sign_in_time(storage.clone(), clock, tell))];
        let witness = offering.clone().map(|offering| {
            let (tell, witness) = watch::channel(WitnessState::default());
            tasks.push(actix_web::rt::spawn(offer_in_time(offering, clock, checkpoints.clone(), tell)));
            witness
        });
        Self { checkpoints, witness, storage, clock, offering, tasks }
    }

    /// Ends them in order: what was written is signed, and the witness gets it.
    ///
    /// # Errors
    /// The database could not be signed. Of a witness that can't be reached the process's own log tells.
    pub async fn stop(self) -> Result<(), StorageError> {
        for task in &self.tasks {
            task.abort();
        }
        futures_util::future::join_all(self.tasks).await;
        self.storage.sign_checkpoint(self.clock.now().unix_ms).await?;
        if let Some(offering) = self.offering {
            let mut state = WitnessState::default();
            let farewell = offering.catch_up(&mut state, self.clock.now().unix_ms);
            if tokio::time::timeout(FAREWELL, farewell).await.is_err() {
                tracing::error!("the witness of the audit log took too long; it will catch up");
            }
        }
        Ok(())
    }
}

async fn sign_in_time(storage: Storage, clock: Clock, tell: watch::Sender<CheckpointState>) {
    let mut interval = tokio::time::interval(LOOK);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let now = clock.now().unix_ms;
        let signed = sign_if_due(&storage, now).await;
        tell.send_if_modified(|state| {
            let before = *state;
            match &signed {
                Ok(None) => state.failing_since = None,
                Ok(Some(Signing::Signed(size) | Signing::UpToDate(size))) => {
                    *state = CheckpointState { size: *size, signed_at: Some(now), ..CheckpointState::default() };
                }
                Ok(Some(Signing::Refused)) => {
                    state.refused_since.get_or_insert(now);
                    state.failing_since = None;
                }
                Err(error) => {
                    if state.failing_since.is_none() {
                        tracing::error!(%error, "the audit log could not be signed");
                    }
                    state.failing_since.get_or_insert(now);
                }
            }
            *state != before
        });
        // Somebody has to look; the log says it once a minute until then.
        if matches!(signed, Ok(Some(Signing::Refused))) {
            interval.reset_after(ASK);
        }
    }
}

async fn sign_if_due(storage: &Storage, now: i64) -> Result<Option<Signing>, StorageError> {
    let Some(unsigned) = storage.unsigned().await? else { return Ok(None) };
    if checkpoint_is_due(unsigned.rows, unsigned.since, u64::try_from(now).unwrap_or(0)) {
        return storage.sign_checkpoint(now).await.map(Some);
    }
    Ok(None)
}

async fn offer_in_time(
    offering: Offering,
    clock: Clock,
    mut checkpoints: watch::Receiver<CheckpointState>,
    tell: watch::Sender<WitnessState>,
) {
    let mut state = WitnessState::default();
    loop {
        offering.catch_up(&mut state, clock.now().unix_ms).await;
        tell.send_if_modified(|told| {
            let changed = *told != state;
            told.clone_from(&state);
            changed
        });
        // A new checkpoint, or one of another process, which nobody tells of.
        let _ = tokio::time::timeout(ASK, checkpoints.changed()).await;
    }
}
