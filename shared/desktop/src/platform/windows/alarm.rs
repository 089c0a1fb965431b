//! Waking a thread that waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Rung by others, heard by one thread. Clones ring the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Alarm(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    rung: AtomicBool,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Alarm {
    /// Rings.
    pub(super) fn ring(&self) {
        let _held = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.rung.store(true, Ordering::Release);
        self.0.changed.notify_one();
    }

    /// Silences it, and says whether it had been rung.
    pub(super) fn take(&self) -> bool {
        self.0.rung.swap(false, Ordering::AcqRel)
    }

    /// Waits until it rings, or so long. It goes on ringing.
    pub(super) fn wait(&self, longest: Duration) {
        let held = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.0.rung.load(Ordering::Acquire) {
            // Who wakes for nothing looks around and waits again.
            let _woken = self.0.changed.wait_timeout(held, longest);
        }
    }
}
