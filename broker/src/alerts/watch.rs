//! Where everything that is observed arrives.

use std::sync::{Mutex, PoisonError};

use beside_broker_core::alarms::{Alarm, Alarms, Thresholds};
use beside_broker_core::hours::Zone;
use beside_broker_core::{Address, Now, Observation};
use beside_protocol::ids::OperatorId;
use tokio::sync::mpsc;

/// Alarms that may wait to be written. The quiet periods keep their number far below that.
const WAITING: usize = 4_096;

/// What is watched, and where alarms go.
#[derive(Debug)]
pub struct Watch {
    alarms: Mutex<Alarms>,
    /// In whose hours an hour is an odd one.
    zone: Zone,
    out: mpsc::Sender<Alarm>,
}

impl Watch {
    /// A watch that has seen nothing yet, and what it has to say.
    #[must_use]
    pub fn new(thresholds: Thresholds, zone: Zone) -> (Self, mpsc::Receiver<Alarm>) {
        let (out, alarms) = mpsc::channel(WAITING);
        (Self { alarms: Mutex::new(Alarms::new(thresholds)), zone, out }, alarms)
    }

    /// Takes note of something.
    pub fn observe(&self, observation: Observation, now: Now) {
        for alarm in self.alarms(|alarms| alarms.observe(observation, now)) {
            if self.out.try_send(alarm).is_err() {
                tracing::error!("an alarm is lost: too many wait to be written");
            }
        }
    }

    /// Takes note of a sign-in.
    pub fn signed_in(&self, account: OperatorId, address: Address, now: Now) {
        let local_hour = self.hour(now.unix_ms);
        self.observe(Observation::SignedIn { account, place: address.place(), local_hour }, now);
    }

    /// Restores a sign-in of before, at `at` (Unix milliseconds). To be called in the order of the log.
    pub fn was_signed_in(&self, account: &OperatorId, address: Address, at: i64, now: Now) {
        let hour = self.hour(at);
        self.alarms(|alarms| alarms.was_signed_in(account, address.place(), hour, now));
    }

    /// Judges by other thresholds from now on.
    pub fn set_thresholds(&self, thresholds: Thresholds) {
        self.alarms(|alarms| alarms.set_thresholds(thresholds));
    }

    fn hour(&self, unix_ms: i64) -> u8 {
        // Every time that the clock can show is in the calendar.
        self.zone.hour(unix_ms).unwrap_or_default()
    }

    /// No panic can leave them half changed: each change is one call.
    fn alarms<T>(&self, act: impl FnOnce(&mut Alarms) -> T) -> T {
        act(&mut self.alarms.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
