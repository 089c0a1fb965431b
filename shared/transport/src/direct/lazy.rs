//! The WebRTC paths of one session, made when the session first asks for one: only then is the peer's fingerprint known.

use beside_session::PathOutput;
use tokio::sync::mpsc;

use super::{Certificate, Direct, DirectEvent};

/// Events that may wait for the session's loop.
const EVENTS: usize = 256;

/// The paths, and what they tell.
#[derive(Debug)]
pub struct DirectPaths {
    certificate: Certificate,
    stun: (String, u16),
    direct: Option<Direct>,
    events: (mpsc::Sender<DirectEvent>, mpsc::Receiver<DirectEvent>),
}

impl DirectPaths {
    /// No path yet. `stun` is the broker's host and port.
    #[must_use]
    pub fn new(certificate: Certificate, stun: (String, u16)) -> Self {
        Self { certificate, stun, direct: None, events: mpsc::channel(EVENTS) }
    }

    /// Does what the session asks, without waiting. Without a fingerprint there is no session yet, and nothing to do.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn carry_out(&mut self, output: PathOutput, peer_fingerprint: Option<[u8; 32]>) {
        if let (None, Some(peer)) = (&self.direct, peer_fingerprint) {
            let (certificate, stun) = (self.certificate.clone(), self.stun.clone());
            self.direct = Some(Direct::new(certificate, peer, Some(stun), self.events.0.clone()));
        }
        if let Some(direct) = &self.direct {
            direct.carry_out(output);
        }
    }

    /// The next event; pends while there is none. May be dropped and called again without loss.
    pub async fn next(&mut self) -> DirectEvent {
        match self.events.1.recv().await {
            Some(event) => event,
            // The sender beside it lives as long as this.
            None => std::future::pending().await,
        }
    }

    /// Closes every path.
    pub fn close(&mut self) {
        self.direct = None;
    }
}
