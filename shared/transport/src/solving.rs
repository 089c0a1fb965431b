//! Solving a proof of work beside the async threads, so that everything else goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use beside_protocol::proof::{Challenge, Proof, solve};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::TransportError;

/// Tries between two looks at whether anybody still wants the proof: about a millisecond.
const SLICE: u64 = 1 << 12;

/// A proof in the making. Whoever drops it stops the work.
#[derive(Debug)]
pub struct Solving {
    unwanted: Arc<AtomicBool>,
    work: JoinHandle<Option<Proof>>,
}

impl Solving {
    /// Begins. To be called within a tokio runtime.
    #[must_use]
    pub fn begin(challenge: Challenge) -> Self {
        let unwanted = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&unwanted);
        let work = spawn_blocking(move || {
            let starts = (0..u64::MAX).step_by(SLICE as usize).take_while(|_| !stop.load(Ordering::Relaxed));
            starts.into_iter().find_map(|start| solve(&challenge, start, SLICE))
        });
        Self { unwanted, work }
    }

    /// The proof. Waiting may be given up and taken up again.
    ///
    /// # Errors
    /// The work was ended from outside, as it is when the program stops.
    pub async fn finished(&mut self) -> Result<Proof, TransportError> {
        match (&mut self.work).await {
            Ok(Some(proof)) => Ok(proof),
            Ok(None) => Err(TransportError::Local("a proof of work was called off".to_owned())),
            Err(error) => Err(TransportError::Local(format!("a proof of work ended: {error}"))),
        }
    }
}

impl Drop for Solving {
    fn drop(&mut self) {
        self.unwanted.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const CHALLENGE: Challenge = Challenge { expires_ms: 0, bits: 14, nonce: [1; 16], mac: [2; 32] };

    #[tokio::test]
    async fn it_is_solved_beside_whoever_waits() {
        let mut solving = Solving::begin(CHALLENGE);
        let proof = solving.finished().await.unwrap();
        assert!(proof.holds());
        assert_eq!(proof.challenge, CHALLENGE);
    }

    /// A challenge that nobody ever solves: the runtime would wait for its thread until it does.
    #[test]
    fn work_that_nobody_wants_stops() {
        let never = Challenge { bits: u8::MAX, ..CHALLENGE };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let solving = runtime.block_on(async { Solving::begin(never) });
        let unwanted = Arc::downgrade(&solving.unwanted);
        drop(solving);
        runtime.shutdown_timeout(Duration::from_secs(10));
        assert_eq!(unwanted.strong_count(), 0, "the thread has let go of it");
    }
}
