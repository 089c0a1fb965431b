//! Writes turns down, as many at a time as wait, and carries out what they want once they are in the log.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use beside_broker_core::{Effect, Record};
use beside_protocol::ErrorCode;
use beside_protocol::ids::SessionId;
use tokio::sync::oneshot;

use super::Exchange;
use crate::clock::random;
use crate::storage::StorageError;

/// Turns that share a change of the database at most.
const TURNS: usize = 256;
/// Records kept while the database does not take them; further ones are lost, and the process's own log says so.
const UNWRITTEN_MAX: usize = 100_000;
/// Between two tries to write what the database did not take, and to ask a locked one again: what comes meanwhile is
/// answered at once.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a try to write to a locked database waits for the lock. The first one waited for as long as the storage does;
/// nobody else shall.
const LOCKED_WAIT: Duration = Duration::from_millis(300);

/// A turn that was taken: what is to be written, and what is to be done then.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) effects: Vec<Effect>,
    pub(super) records: Vec<Record>,
    tell: oneshot::Sender<Result<(), StorageError>>,
}

/// What the clerk hears of whether its records are written.
type Written = oneshot::Receiver<Result<(), StorageError>>;

impl Taken {
    pub(super) fn new(effects: Vec<Effect>) -> (Self, Written) {
        let (tell, written) = oneshot::channel();
        let mut taken = Self { effects: Vec::with_capacity(effects.len()), records: Vec::new(), tell };
        for effect in effects {
            if let Effect::Record(record) = effect {
                taken.records.push(record);
            } else {
                taken.effects.push(effect);
            }
        }
        (taken, written)
    }

    /// The session whose knock it is.
    fn knocked(&self) -> Option<SessionId> {
        self.records.iter().find_map(|record| if let Record::Knocked { sid, .. } = record { Some(*sid) } else { None })
    }
}

/// What the clerk has on the table.
#[derive(Debug, Default)]
struct Desk {
    /// What the database did not take, oldest first.
    unwritten: Vec<Record>,
    /// Before this (monotonic) the database, which is locked, is not asked again.
    locked_until: Option<Duration>,
}

impl Exchange {
    /// Does the clerk's work until [`close`](Self::close), and what is left then.
    pub async fn keep_log(self: Arc<Self>) {
        let mut desk = Desk::default();
        loop {
            let woken = self.something_taken.notified();
            let taken: Vec<Taken> = {
                let mut seat = self.switchboard.lock().await;
                let count = seat.taken.len().min(TURNS);
                seat.writing = count > 0;
                seat.taken.drain(..count).collect()
            };
            if !taken.is_empty() {
                self.settle(&mut desk, taken).await;
                continue;
            }
            if !desk.unwritten.is_empty() {
                // That it fails was said when it failed first.
                let _ = self.catch_up(&mut desk).await;
            }
            if self.closed.load(Ordering::SeqCst) {
                return;
            }
            if desk.unwritten.is_empty() {
                woken.await;
            } else {
                let _ = tokio::time::timeout(PAUSE, woken).await;
            }
        }
    }

    /// Lets the clerk finish and end.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.something_taken.notify_one();
    }

    /// Writes turns, in one change if that works, and carries them out in their order.
    async fn settle(&self, desk: &mut Desk, taken: Vec<Taken>) {
        let together = self.write(desk, taken.iter().flat_map(|turn| &turn.records)).await;
        // Knocks that were taken back: what was recorded of their sessions since is of nothing.
        let mut gone = BTreeSet::new();
        for mut turn in taken {
            turn.records.retain(|record| record.session().is_none_or(|sid| !gone.contains(&sid)));
            let written = match &together {
                Ok(()) => Ok(()),
                Err(_) if turn.records.is_empty() => Ok(()),
                Err(error) if error.is_passing() => Err(error.again()),
                // One of them is at fault.
                Err(_) => self.write(desk, &turn.records).await,
            };
            match written {
                Ok(()) => self.finish(turn),
                Err(error) => gone.extend(self.not_written(desk, turn, error).await),
            }
        }
        self.unwritten.store(desk.unwritten.len(), Ordering::Relaxed);
    }

    fn finish(&self, turn: Taken) {
        turn.effects.into_iter().for_each(|effect| self.carry_out(effect));
        // Whoever took the turn may have gone.
        let _ = turn.tell.send(Ok(()));
    }

    /// A knock is taken back, and its session named; anything else is carried out, and written when the database takes it.
    async fn not_written(&self, desk: &mut Desk, turn: Taken, error: StorageError) -> Option<SessionId> {
        tracing::error!(%error, records = turn.records.len(), "the log could not be written");
        self.metrics.storage_error(error.code().as_str());
        let knocked = turn.knocked();
        let mut gone = None;
        let mut effects = turn.effects;
        if let Some(sid) = knocked {
            // A session's number comes once; whoever says it twice is not who said it first.
            let twice = matches!(error, StorageError::Exists);
            let code = if twice { ErrorCode::MessageUnexpected } else { error.code() };
            effects.clear();
            let mut seat = self.switchboard.lock().await;
            seat.board.knock_not_logged(sid, code, self.clock.now(), &mut random(), &mut effects);
            if !twice {
                seat.taken.iter_mut().for_each(|later| later.records.retain(|record| record.session() != Some(sid)));
                gone = Some(sid);
            }
        } else if error.is_passing() {
            let room = UNWRITTEN_MAX.saturating_sub(desk.unwritten.len());
            if turn.records.len() > room {
                tracing::error!(lost = turn.records.len() - room, "too much is unwritten; records are lost");
            }
            desk.unwritten.extend(turn.records.into_iter().take(room));
        }
        effects.into_iter().for_each(|effect| self.carry_out(effect));
        let _ = turn.tell.send(Err(error));
        gone
    }

    /// Writes what could not be written before, then what is new.
    async fn write<'a>(&self, desk: &mut Desk, new: impl IntoIterator<Item = &'a Record>) -> Result<(), StorageError> {
        let mut new = new.into_iter().peekable();
        let caught_up = self.catch_up(desk).await;
        if new.peek().is_none() {
            return Ok(());
        }
        caught_up?;
        self.try_write(desk, new).await
    }

    /// Writes what could not be written before. What the database will never take is lost, and named.
    async fn catch_up(&self, desk: &mut Desk) -> Result<(), StorageError> {
        let unwritten = std::mem::take(&mut desk.unwritten);
        if unwritten.is_empty() {
            return Ok(());
        }
        let mut together = self.try_write(desk, &unwritten).await;
        if together.as_ref().is_err_and(|error| !error.is_passing()) {
            together = Ok(());
            let mut rest = unwritten.as_slice();
            while let [record, later @ ..] = rest {
                match self.try_write(desk, [record]).await {
                    Ok(()) => {}
                    Err(error) if error.is_passing() => {
                        desk.unwritten = rest.to_vec();
                        together = Err(error);
                        break;
                    }
                    Err(error) => tracing::error!(%error, "a record is lost: the database will never take it"),
                }
                rest = later;
            }
        } else if together.is_err() {
            desk.unwritten = unwritten;
        }
        self.unwritten.store(desk.unwritten.len(), Ordering::Relaxed);
        together
    }

    /// Writes, unless the database was locked a moment ago.
    async fn try_write<'a>(
        &self,
        desk: &mut Desk,
        records: impl IntoIterator<Item = &'a Record>,
    ) -> Result<(), StorageError> {
        let written = match desk.locked_until {
            None => self.storage.write(records).await,
            Some(until) if self.clock.now().monotonic < until => return Err(StorageError::still_busy()),
            Some(_) => match tokio::time::timeout(LOCKED_WAIT, self.storage.write(records)).await {
                Ok(written) => written,
                Err(_) => Err(StorageError::still_busy()),
            },
        };
        let locked = matches!(written, Err(StorageError::Busy(_)));
        desk.locked_until = locked.then(|| self.clock.now().monotonic + PAUSE);
        written
    }
}
