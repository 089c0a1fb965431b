//! Where the pure core meets the world: takes turns on the switchboard, writes its records, then carries out the rest.
//!
//! Nobody sees anything of a turn before its records are committed, so the log and what people see never disagree; the
//! [`clerk`] sees to that. Relayed frames don't wait for turns: they need the relay's table only.

mod clerk;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beside_broker_core::relay::{Relay, Route};
use beside_broker_core::sign_in_defence::SignInDefence;
use beside_broker_core::sign_in_delay::SignInDelay;
use beside_broker_core::switchboard::Load;
use beside_broker_core::{Effect, Now, Observation, Record, SocketId, Switchboard};
use beside_protocol::ids::OperatorId;
use beside_protocol::signalling::ToCustomer;
use beside_protocol::{ErrorCode, frame};
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Notify;

use self::clerk::Taken;
use crate::access::AccessRules;
use crate::alerts::watch::Watch;
use crate::audit::{Action, Actor, Event};
use crate::clock::{Clock, SystemRandom, random};
use crate::metrics::Metrics;
use crate::signalling::outbox::Outbox;
use crate::storage::{Storage, StorageError};

/// Everything that the sockets and endpoints share.
#[derive(Debug)]
pub struct Exchange {
    /// The clocks.
    pub clock: Clock,
    /// The database.
    pub storage: Storage,
    /// What is counted.
    pub metrics: Metrics,
    /// What is watched.
    pub watch: Watch,
    switchboard: tokio::sync::Mutex<Seat>,
    /// Records that the database did not take yet.
    unwritten: AtomicUsize,
    something_taken: Notify,
    /// The clerk ends when it has written everything.
    closed: AtomicBool,
    relay: Mutex<Relay>,
    defence: Mutex<SignInDefence>,
    delay: Mutex<SignInDelay>,
    sockets: Mutex<HashMap<SocketId, Arc<Outbox>>>,
    next_socket: AtomicU64,
    draining: AtomicBool,
    emptied: Notify,
}

/// The switchboard, and the turns that were taken and are not in the log yet.
#[derive(Debug)]
struct Seat {
    board: Switchboard,
    taken: VecDeque<Taken>,
    /// The clerk writes turns down, or carries out what they want.
    writing: bool,
}

/// The lock of a table that no panic can leave half-changed: each is changed by one call.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Exchange {
    /// An exchange that nobody is connected to.
    #[must_use]
    pub fn new(clock: Clock, storage: Storage, switchboard: Switchboard, watch: Watch) -> Self {
        Self {
            clock,
            storage,
            metrics: Metrics::default(),
            watch,
            switchboard: tokio::sync::Mutex::new(Seat { board: switchboard, taken: VecDeque::new(), writing: false }),
            unwritten: AtomicUsize::new(0),
            something_taken: Notify::new(),
            closed: AtomicBool::new(false),
            relay: Mutex::default(),
            defence: Mutex::default(),
            delay: Mutex::default(),
            sockets: Mutex::default(),
            next_socket: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            emptied: Notify::new(),
        }
    }

    /// Takes a turn: lets `act` change the switchboard, has the records it made written, and the rest carried out after
    /// that, in the order of the turns. Turns that wait for the database at the same time share one change of it.
    ///
    /// # Errors
    /// The records could not be written. A knock was then taken back; anything else was carried out all the same, since
    /// nobody is helped by a session that hangs, and its records are written later.
    pub async fn turn<T>(
        &self,
        act: impl FnOnce(&mut Switchboard, Now, &mut SystemRandom, &mut Vec<Effect>) -> T,
    ) -> Result<T, StorageError> {
        let (done, written) = {
            let mut seat = self.switchboard.lock().await;
            let mut effects = Vec::new();
            let done = act(&mut seat.board, self.clock.now(), &mut random(), &mut effects);
            self.count(&effects);
            let (taken, written) = Taken::new(effects);
            if taken.records.is_empty() && seat.taken.is_empty() && !seat.writing {
                // Nothing to write, and nothing before it that waits.
                taken.effects.into_iter().for_each(|effect| self.carry_out(effect));
                return Ok(done);
            }
            seat.taken.push_back(taken);
            (done, written)
        };
        self.something_taken.notify_one();
        match written.await {
            Ok(Ok(())) => Ok(done),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(StorageError::still_busy()),
        }
    }

    /// Ends every sign-in of an account, with its sockets, codes and sessions, and tells its app why.
    ///
    /// # Errors
    /// See [`turn`](Self::turn); they ended all the same.
    pub async fn shut_out(&self, account: &OperatorId, error: ErrorCode) -> Result<(), StorageError> {
        self.turn(|board, now, rng, out| board.shut_out(account, error, now, rng, out)).await
    }

    /// Ends the sign-ins of connected operators who may no longer be where they are, or not at this time, and closes the
    /// consoles' sockets of whom that is true: their sign-ins are asked again with each request.
    ///
    /// # Errors
    /// See [`turn`](Self::turn); they ended all the same.
    pub async fn shut_out_refused(&self, rules: &AccessRules) -> Result<(), StorageError> {
        let refused = self
            .turn(|board, now, rng, out| {
                let refusal = |id: &OperatorId, address| {
                    rules.admits(id, address, now.unix_ms).err().map(|error| (id.clone(), address, error))
                };
                let mut refused: Vec<_> = board.connected().filter_map(|(id, address)| refusal(id, address)).collect();
                for (account, _, error) in &refused {
                    board.shut_out(account, *error, now, rng, out);
                }
                let watchers = board.watchers();
                let watchers: Vec<_> = watchers
                    .filter_map(|(socket, account, address)| Some((socket, refusal(&account.id, address)?)))
                    .collect();
                for (socket, refusal) in watchers {
                    board.stop_watching(socket, refusal.2, now, out);
                    refused.push(refusal);
                }
                refused
            })
            .await?;
        for (account, address, error) in refused {
            let actor = Actor::Account(account.clone());
            let event = Event::new(Action::AccessRefused, actor, self.clock.now().unix_ms).about(account.to_string());
            let mut writing = self.storage.writing().await?;
            writing.log(event.from(address).with("route", "socket").with("error", error.as_str())).await?;
            writing.commit().await?;
        }
        Ok(())
    }

    /// Asks the defence of the sign-in, or tells it something.
    pub fn defence<T>(&self, act: impl FnOnce(&mut SignInDefence) -> T) -> T {
        act(&mut locked(&self.defence))
    }

    /// Asks how long whoever proves something else than a sign-in has to wait, or tells what came of it.
    pub fn delay<T>(&self, act: impl FnOnce(&mut SignInDelay) -> T) -> T {
        act(&mut locked(&self.delay))
    }

    /// Takes note of something worth a thought.
    pub fn observe(&self, observation: Observation) {
        self.watch.observe(observation, self.clock.now());
    }

    /// Numbers a socket that is about to open, so that effects reach it from its first turn on.
    ///
    /// # Errors
    /// [`ErrorCode::Draining`]: the broker stops.
    pub fn add_socket(&self, outbox: Arc<Outbox>) -> Result<SocketId, ErrorCode> {
        if self.draining.load(Ordering::SeqCst) {
            return Err(ErrorCode::Draining);
        }
        let id = SocketId(self.next_socket.fetch_add(1, Ordering::Relaxed));
        locked(&self.sockets).insert(id, outbox);
        Ok(id)
    }

    /// Forgets a socket that is closed.
    pub fn remove_socket(&self, id: SocketId) {
        let mut sockets = locked(&self.sockets);
        sockets.remove(&id);
        if sockets.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    /// Opens no further socket, asks every open one to close because the broker stops, and waits until they have.
    pub async fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        loop {
            let emptied = self.emptied.notified();
            {
                let sockets = locked(&self.sockets);
                if sockets.is_empty() {
                    return;
                }
                for outbox in sockets.values() {
                    outbox.going_away();
                }
            }
            emptied.await;
        }
    }

    /// Passes a binary frame on.
    ///
    /// # Errors
    /// The frame has no place on this socket.
    pub async fn relay(&self, from: SocketId, bytes: Bytes) -> Result<(), ErrorCode> {
        let (sid, inside) = frame::decode(&bytes).map_err(|_| ErrorCode::MessageMalformed)?;
        let route = locked(&self.relay).route(from, sid, inside);
        let (to, decides) = match route {
            Route::To(to) => (to, false),
            Route::Decides(to) => (to, true),
            Route::Nobody => return Ok(()),
            Route::Stranger => return Err(ErrorCode::MessageUnexpected),
        };
        if let Some(outbox) = self.outbox(to) {
            self.metrics.relayed(bytes.len());
            outbox.binary(bytes);
        }
        if decides {
            // No record is written in this turn, so it can't fail.
            let _ = self.turn(|switchboard, _, _, _| switchboard.decided(sid)).await;
        }
        Ok(())
    }

    /// Whether the broker stops.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// How full the switchboard's tables are, and how many records the database did not take yet.
    pub async fn load(&self) -> (Load, usize) {
        let seat = self.switchboard.lock().await;
        (seat.board.load(), self.unwritten.load(Ordering::Relaxed))
    }

    /// Bytes that wait to be sent on all sockets.
    pub fn queued(&self) -> usize {
        locked(&self.sockets).values().map(|outbox| outbox.queued()).sum()
    }

    fn count(&self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Record(Record::SignIn { outcome, .. }) => self.metrics.sign_in(outcome.as_str()),
                Effect::Record(Record::Knocked { .. }) => self.metrics.knock("knocked"),
                Effect::ToCustomer(_, ToCustomer::Refused { error }) => self.metrics.knock(error.as_str()),
                Effect::Record(_)
                | Effect::ToCustomer(..)
                | Effect::ToOperator(..)
                | Effect::Observed(_)
                | Effect::Close(..)
                | Effect::Pair { .. }
                | Effect::Unpair(_) => {}
            }
        }
    }

    /// The queue of a socket that is open.
    #[must_use]
    pub fn outbox(&self, id: SocketId) -> Option<Arc<Outbox>> {
        locked(&self.sockets).get(&id).cloned()
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Record(_) => {}
            Effect::ToCustomer(socket, message) => self.send(socket, &message),
            Effect::ToOperator(socket, message) => self.send(socket, &message),
            Effect::Close(socket, error) => {
                if let Some(outbox) = self.outbox(socket) {
                    outbox.close(error);
                }
            }
            Effect::Pair { sid, customer, operator, open } => {
                locked(&self.relay).pair(sid, customer, operator, open);
            }
            Effect::Unpair(sid) => locked(&self.relay).unpair(sid),
            Effect::Observed(observation) => self.observe(observation),
        }
    }

    fn send(&self, socket: SocketId, message: &impl Serialize) {
        let Some(outbox) = self.outbox(socket) else { return };
        match serde_json::to_string(message) {
            Ok(text) => outbox.text(text),
            Err(error) => tracing::error!(%error, "a message could not be written as JSON"),
        }
    }
}
