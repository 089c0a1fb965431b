//! The two switches that act on live grants from any thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends every grant of one session, once and for all. The Stop button and the stop key hold one each.
#[derive(Debug, Clone, Default)]
pub struct StopSwitch(Arc<AtomicBool>);

impl StopSwitch {
    /// Ends everything. The next check of any grant of the session fails.
    pub fn press(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was pressed.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Holds input back for a while without ending the right: Stop can't be seen, or the system refuses.
#[derive(Debug, Clone, Default)]
pub struct HoldSwitch(Arc<AtomicBool>);

impl HoldSwitch {
    /// Holds input back, or lets it flow again.
    pub fn set(&self, held: bool) {
        self.0.store(held, Ordering::SeqCst);
    }

    /// Whether input is held back.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
