//! The ledger as this process keeps it: loaded from the database in the background, then following the audit log by its
//! numbers, so that it is exact also where several brokers share a database.
//!
//! A session's row may still change for a while after its end, because apps report late; what was told of it then is
//! amended. Rows, and who the customer was, are deleted on schedule, once a day and in bulk: the ledger is then loaded anew, and the old one answers
//! meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use beside_broker_core::ledger::{Attempt, Ledger};
use beside_broker_core::limits::CLOSING;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::clock::{Clock, every};
use crate::storage::ledger::{Ended, News};
use crate::storage::{Storage, StorageError};

/// Rows of either kind that are kept at most, in some 700 MB, and 40 bytes more for each computer of a
/// customer: beyond that the oldest days are no longer counted.
const ROOM: usize = 20_000_000;
/// Rows read at a time.
const PAGE: u64 = 2_000;
/// How often the log is followed, also if nobody asks.
const FOLLOW: Duration = Duration::from_secs(5);
/// For how long after its end a session's row may change, with room for a slow database.
const SETTLING: Duration = CLOSING.saturating_mul(4);

/// The statistics of a broker.
#[derive(Debug)]
pub struct Statistics {
    storage: Storage,
    clock: Clock,
    /// Nothing until it is loaded. Held while a question is answered: one at a time, so that memory stays bounded.
    followed: Arc<Mutex<Option<Followed>>>,
}

/// A ledger and how far it has followed the log.
#[derive(Debug)]
struct Followed {
    ledger: Ledger,
    /// The last row of the audit log that it takes into account.
    seen: i64,
    /// What was told of sessions whose rows may still change, by their ids.
    settling: BTreeMap<String, Attempt>,
    /// Whether rows that it has, or numbers of computers in them, were deleted.
    outdated: bool,
}

/// Why there are no statistics.
#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    /// They are not loaded yet.
    #[error("the statistics are not loaded yet")]
    Loading,
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Statistics {
    /// Statistics that are not loaded yet.
    #[must_use]
    pub fn new(storage: Storage, clock: Clock) -> Self {
        Self { storage, clock, followed: Arc::default() }
    }

    /// The ledger with everything that is in the log by now.
    ///
    /// # Errors
    /// See [`StatisticsError`].
    pub async fn current(&self) -> Result<Current, StatisticsError> {
        let mut followed = Arc::clone(&self.followed).lock_owned().await;
        match followed.as_mut() {
            Some(followed) => followed.catch_up(&self.storage, self.settled_before()).await?,
            None => return Err(StatisticsError::Loading),
        }
        Ok(Current(followed))
    }

    /// Loads, then follows the log for as long as the process lives.
    pub async fn keep(self: Arc<Self>) {
        every(FOLLOW, async || {
            if let Err(error) = self.follow().await {
                tracing::error!(%error, "the statistics could not be brought up to date");
            }
        })
        .await;
    }

    async fn follow(&self) -> Result<(), StorageError> {
        let outdated = {
            let mut followed = self.followed.lock().await;
            match followed.as_mut() {
                Some(followed) => {
                    followed.catch_up(&self.storage, self.settled_before()).await?;
                    followed.outdated
                }
                None => true,
            }
        };
        if outdated {
            let fresh = Followed::load(&self.storage, self.settled_before()).await?;
            tracing::info!(sessions = fresh.ledger.sessions(), "the statistics are loaded");
            *self.followed.lock().await = Some(fresh);
        }
        Ok(())
    }

    /// Rows of sessions that ended before then (Unix ms) don't change any more.
    fn settled_before(&self) -> i64 {
        self.clock.now().unix_ms - i64::try_from(SETTLING.as_millis()).unwrap_or(i64::MAX)
    }
}

impl Followed {
    /// Reads everything as it stands at one moment. One connection to the database is taken for as long.
    async fn load(storage: &Storage, settled_before: i64) -> Result<Self, StorageError> {
        let snapshot = storage.snapshot().await?;
        let seen = snapshot.span().await?.map_or(0, |(_, last)| last);
        let mut followed = Self { ledger: Ledger::with_room(ROOM), seen, settling: BTreeMap::new(), outdated: false };
        let mut after = None;
        loop {
            let (page, last) = snapshot.ended(after.as_ref(), PAGE).await?;
            page.into_iter().for_each(|ended| followed.add(ended, settled_before));
            if last.is_none() {
                break;
            }
            after = last;
        }
        let mut after = 0;
        loop {
            let page = snapshot.sign_ins(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for sign_in in &page {
                followed.ledger.add_sign_in(sign_in.at, sign_in.account.as_ref(), sign_in.refused);
            }
        }
        Ok(followed)
    }

    /// Adds a session, or what is known of it now.
    fn add(&mut self, Ended { sid, attempt }: Ended, settled_before: i64) {
        match self.settling.get_mut(&sid) {
            Some(before) => {
                self.ledger.amend(before, &attempt);
                *before = attempt;
            }
            None => {
                self.ledger.add(&attempt);
                if attempt.ended_at >= settled_before {
                    self.settling.insert(sid, attempt);
                }
            }
        }
    }

    /// Takes up what came since.
    async fn catch_up(&mut self, storage: &Storage, settled_before: i64) -> Result<(), StorageError> {
        loop {
            let (news, last) = storage.news(self.seen, PAGE).await?;
            let Some(last) = last else { break };
            // Read before anything is counted: a failure must not count half of it twice.
            let ended = storage.ended_of(self.told_of(&news)).await?;
            self.take(&news, ended, settled_before);
            self.seen = last;
        }
        self.settling.retain(|_, attempt| attempt.ended_at >= settled_before);
        Ok(())
    }

    /// The sessions whose rows have to be read. What is reported or said of one that runs is in its row when it ends.
    fn told_of(&self, news: &[News]) -> BTreeSet<String> {
        let sid = |one: &News| match one {
            News::Ended(sid) => Some(sid.clone()),
            News::Said(sid) => Some(sid.clone()),
            News::Reported(sid) => self.settling.contains_key(sid).then(|| sid.clone()),
            News::SignIn(_) | News::Deleted => None,
        };
        news.iter().filter_map(sid).collect()
    }

    fn take(&mut self, news: &[News], ended: Vec<Ended>, settled_before: i64) {
        let fresh = |one: &News| if let News::Ended(sid) = one { Some(sid.clone()) } else { None };
        let fresh: BTreeSet<String> = news.iter().filter_map(fresh).collect();
        for ended in ended {
            if fresh.contains(&ended.sid) || self.settling.contains_key(&ended.sid) {
                self.add(ended, settled_before);
            } else {
                // Counted long ago, or to be counted when the news of its end comes.
                let Attempt { operator, knocked_at, said, .. } = &ended.attempt;
                self.ledger.say(operator, *knocked_at, *said);
            }
        }
        for one in news {
            match one {
                News::Ended(_) | News::Reported(_) | News::Said(_) => {}
                News::SignIn(sign_in) => {
                    self.ledger.add_sign_in(sign_in.at, sign_in.account.as_ref(), sign_in.refused);
                }
                News::Deleted => self.outdated = true,
            }
        }
    }
}

/// A ledger that is up to date, for as long as this is held.
#[derive(Debug)]
pub struct Current(OwnedMutexGuard<Option<Followed>>);

impl Current {
    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.0.as_ref().map(|followed| &followed.ledger)
    }
}
