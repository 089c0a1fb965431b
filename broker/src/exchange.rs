//! Where the pure core meets the world: takes turns on the switchboard, writes its records, then carries out the rest.
//!
//! A turn holds the switchboard until its records are committed, so the log and what people see never disagree. Relayed
//! frames don't wait for turns: they need the relay's table only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beside_broker_core::relay::{Relay, Route};
use beside_broker_core::sign_in_defence::SignInDefence;
use beside_broker_core::{Effect, Now, Observation, Record, SocketId, Switchboard};
use beside_protocol::{ErrorCode, frame};
use bytes::Bytes;
use serde::Serialize;

use crate::clock::{Clock, SystemRandom, random};
use crate::signalling::outbox::Outbox;
use crate::storage::{Storage, StorageError};

/// Everything that the sockets and endpoints share.
#[derive(Debug)]
pub struct Exchange {
    /// The clocks.
    pub clock: Clock,
    /// The database.
    pub storage: Storage,
    switchboard: tokio::sync::Mutex<Switchboard>,
    relay: Mutex<Relay>,
    defence: Mutex<SignInDefence>,
    sockets: Mutex<HashMap<SocketId, Arc<Outbox>>>,
    next_socket: AtomicU64,
}

/// The lock of a table that no panic can leave half-changed: each is changed by one call.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Exchange {
    /// An exchange that nobody is connected to.
    #[must_use]
    pub fn new(clock: Clock, storage: Storage, switchboard: Switchboard) -> Self {
        Self {
            clock,
            storage,
            switchboard: tokio::sync::Mutex::new(switchboard),
            relay: Mutex::default(),
            defence: Mutex::default(),
            sockets: Mutex::default(),
            next_socket: AtomicU64::new(0),
        }
    }

    /// Takes a turn: lets `act` change the switchboard, writes the records it made, carries out the rest.
    ///
    /// # Errors
    /// The records could not be written. A knock was then taken back; anything else was carried out all the same,
    /// since nobody is helped by a session that hangs.
    pub async fn turn<T>(
        &self,
        act: impl FnOnce(&mut Switchboard, Now, &mut SystemRandom, &mut Vec<Effect>) -> T,
    ) -> Result<T, StorageError> {
        let mut switchboard = self.switchboard.lock().await;
        let now = self.clock.now();
        let mut effects = Vec::new();
        let done = act(&mut switchboard, now, &mut random(), &mut effects);
        let records: Vec<_> = effects
            .iter()
            .filter_map(|effect| if let Effect::Record(record) = effect { Some(record.clone()) } else { None })
            .collect();
        let written = self.storage.write(&records).await;
        if let Err(error) = &written {
            tracing::error!(%error, records = records.len(), "the log could not be written");
            let knock =
                records.iter().find_map(|r| if let Record::Knocked { sid, .. } = r { Some(*sid) } else { None });
            if let Some(sid) = knock {
                effects.clear();
                switchboard.knock_not_logged(sid, error.code(), now, &mut random(), &mut effects);
            }
        }
        for effect in effects {
            self.carry_out(effect);
        }
        written.map(|()| done)
    }

    /// Asks the defence of the sign-in, or tells it something.
    pub fn defence<T>(&self, act: impl FnOnce(&mut SignInDefence) -> T) -> T {
        act(&mut locked(&self.defence))
    }

    /// Takes note of something worth a thought.
    pub fn observe(&self, observation: &Observation) {
        tracing::warn!(?observation, "something to watch");
    }

    /// Numbers a socket that is about to open, so that effects reach it from its first turn on.
    pub fn add_socket(&self, outbox: Arc<Outbox>) -> SocketId {
        let id = SocketId(self.next_socket.fetch_add(1, Ordering::Relaxed));
        locked(&self.sockets).insert(id, outbox);
        id
    }

    /// Forgets a socket that is closed.
    pub fn remove_socket(&self, id: SocketId) {
        locked(&self.sockets).remove(&id);
    }

    /// Asks every socket to close, because the broker stops.
    pub fn close_all(&self) {
        for outbox in locked(&self.sockets).values() {
            outbox.going_away();
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
            outbox.binary(bytes);
        }
        if decides {
            // No record is written in this turn, so it can't fail.
            let _ = self.turn(|switchboard, _, _, _| switchboard.decided(sid)).await;
        }
        Ok(())
    }

    fn outbox(&self, id: SocketId) -> Option<Arc<Outbox>> {
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
            Effect::Observed(observation) => self.observe(&observation),
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
