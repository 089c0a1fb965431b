//! The work that the broker asks for before it looks at a knock, while there are many wrong codes.

use std::future::pending;

use beside_protocol::ErrorCode;
use beside_protocol::proof::{Challenge, Proof};
use beside_transport::{Solving, TransportError};

/// Proofs that one knock gives: a second, if the first came too late, and one to spare. A broker that asks for more gets
/// none, since it might ask for ever.
const PROOFS_MAX: u8 = 3;

/// The proofs of one knock.
#[derive(Debug, Default)]
pub(crate) struct Proving {
    asked: u8,
    solving: Option<Solving>,
}

impl Proving {
    /// Begins to solve; what was being solved before is dropped.
    ///
    /// # Errors
    /// [`ErrorCode::BrokerMisbehaved`] if the broker has asked too often.
    pub(crate) fn begin(&mut self, challenge: Challenge) -> Result<(), ErrorCode> {
        if self.asked == PROOFS_MAX {
            return Err(ErrorCode::BrokerMisbehaved);
        }
        self.asked += 1;
        self.solving = Some(Solving::begin(challenge));
        Ok(())
    }

    /// Whether something is being solved.
    pub(crate) const fn under_way(&self) -> bool {
        self.solving.is_some()
    }

    /// The proof; for ever waited for if nothing is being solved. May be dropped while waiting without loss.
    pub(crate) async fn finished(&mut self) -> Result<Proof, TransportError> {
        let Some(solving) = &mut self.solving else { return pending().await };
        let proof = solving.finished().await;
        self.solving = None;
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_broker_that_always_asks_is_not_always_answered() {
        let challenge = Challenge { expires_ms: 0, bits: 4, nonce: [1; 16], mac: [2; 32] };
        let mut proving = Proving::default();
        for _ in 0..PROOFS_MAX {
            proving.begin(challenge).unwrap();
            assert!(proving.under_way());
            assert!(proving.finished().await.unwrap().holds());
            assert!(!proving.under_way());
        }
        assert_eq!(proving.begin(challenge), Err(ErrorCode::BrokerMisbehaved));
    }
}
