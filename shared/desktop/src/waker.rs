//! Interrupting a wait from another thread.

use std::fmt;
use std::sync::Arc;

/// Ends the current or the next [`wait`](crate::ScreenCapture::wait) of the capture that it came from, from any thread.
/// Several wakes before that wait are one.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// A waker that calls `wake`, which must neither block nor fail.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// Ends the wait.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}
