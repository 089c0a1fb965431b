//! WebRTC paths: three data channels straight to the other side, adapted to the session's path interface.
//!
//! A [`Direct`] belongs to one session. It takes the session's [`PathOutput`] for its paths and gives [`DirectEvent`]s
//! back, the owned twin of [`PathInput`](beside_session::PathInput). Every path is one task, from its description to
//! [`DirectEvent::Down`], which is the last event of that path and always comes, whatever the peer or the WebRTC
//! library did. A path is up only after the peer's DTLS certificate was found to be the one of the handshake.

mod addresses;
mod certificate;
mod error;
mod event;
mod lane;
mod lazy;
mod ledger;
mod path;
mod peer;
mod probe;
mod sockets;
mod vet;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beside_protocol::PathId;
use beside_protocol::control::DescriptionKind;
use beside_session::PathOutput;
use futures_util::FutureExt as _;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tracing::{debug, error, info};

pub use certificate::Certificate;
pub use event::DirectEvent;
pub use lazy::DirectPaths;

use path::{Command, Path, Start};

/// Paths that may be alive at once: one in use, one being made, and room for two that are still closing. A session
/// that asks for more is told at once that the path is down.
const PATHS_MAX: usize = 4;
/// Commands that may wait for a path's task. The task only falls behind while the owner takes no events; a path whose
/// queue is full is given up, as a stuck socket is.
const COMMAND_QUEUE: usize = 1024;

/// Makes and keeps the WebRTC paths of one session. Dropping it closes them all; nothing follows then.
pub struct Direct {
    settings: Arc<Settings>,
    paths: Mutex<HashMap<PathId, Handle>>,
}

/// What every path of a session is made with.
struct Settings {
    certificate: Certificate,
    peer_fingerprint: [u8; 32],
    stun: Option<(String, u16)>,
    events: mpsc::Sender<DirectEvent>,
}

struct Handle {
    commands: mpsc::Sender<Command>,
    task: AbortHandle,
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Direct")
    }
}

impl Direct {
    /// Paths that prove themselves with `certificate`, whose peer must prove itself with the certificate whose SHA-256
    /// is `peer_fingerprint`. `stun` is the broker's STUN server, host and UDP port; where it is on this machine, the
    /// paths may run over loopback too. What happens is told over `events`; while nobody takes them, nothing more is
    /// read from the network.
    #[must_use]
    pub fn new(
        certificate: Certificate,
        peer_fingerprint: [u8; 32],
        stun: Option<(String, u16)>,
        events: mpsc::Sender<DirectEvent>,
    ) -> Self {
        let settings = Arc::new(Settings { certificate, peer_fingerprint, stun, events });
        Self { settings, paths: Mutex::new(HashMap::new()) }
    }

    /// Does what the session asks, without waiting. Outputs for a path that is gone already are dropped: its
    /// [`DirectEvent::Down`] says so.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn carry_out(&self, output: PathOutput) {
        match output {
            PathOutput::Gather { path } => self.start(path, Start::Offer),
            PathOutput::Description { path, kind: DescriptionKind::Offer, sdp } => {
                self.start(path, Start::Answer { offer: sdp });
            }
            PathOutput::Description { path, kind: DescriptionKind::Answer, sdp } => {
                self.command(path, Command::Answer { sdp });
            }
            PathOutput::Candidate { path, candidate, mid: _ } => self.command(path, Command::Candidate { candidate }),
            PathOutput::Transmit { path, channel, bytes } => self.command(path, Command::Transmit { channel, bytes }),
            PathOutput::Close { path } => self.command(path, Command::Close),
        }
    }

    fn start(&self, path: PathId, start: Start) {
        let mut paths = self.paths();
        paths.retain(|_, handle| !handle.commands.is_closed());
        if let Some(handle) = paths.remove(&path) {
            // The peer described one path twice, which no client of ours does.
            info!(path = path.0, "a second description ends the path");
            handle.task.abort();
            self.report_down(path);
            return;
        }
        if paths.len() >= PATHS_MAX {
            info!(path = path.0, "too many paths at once");
            self.report_down(path);
            return;
        }
        let (commands, inbox) = mpsc::channel(COMMAND_QUEUE);
        let task = tokio::spawn(live(path, Arc::clone(&self.settings), start, inbox)).abort_handle();
        paths.insert(path, Handle { commands, task });
    }

    fn command(&self, path: PathId, command: Command) {
        let mut paths = self.paths();
        let Some(handle) = paths.get(&path) else {
            return;
        };
        match handle.commands.try_send(command) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Closed(_)) => {
                paths.remove(&path);
            }
            Err(mpsc::error::TrySendError::Full(_)) => {
                info!(path = path.0, "the path is stuck");
                handle.task.abort();
                paths.remove(&path);
                self.report_down(path);
            }
        }
    }

    /// Says that a path is down whose task can't say it any more, or never was.
    fn report_down(&self, path: PathId) {
        let events = self.settings.events.clone();
        tokio::spawn(async move { events.send(DirectEvent::Down { path }).await });
    }

    fn paths(&self) -> MutexGuard<'_, HashMap<PathId, Handle>> {
        // Nothing that can panic leaves the table half changed.
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Direct {
    fn drop(&mut self) {
        for handle in self.paths().values() {
            handle.task.abort();
        }
    }
}

/// A path's whole life. The peer's words go through a library that was written by others: should it panic over them,
/// that is the end of this path and of nothing else.
async fn live(path: PathId, settings: Arc<Settings>, start: Start, commands: mpsc::Receiver<Command>) {
    match AssertUnwindSafe(Path::live(path, &settings, start, commands)).catch_unwind().await {
        Ok(Ok(())) => debug!(path = path.0, "the direct path is closed"),
        Ok(Err(error)) => info!(path = path.0, %error, "the direct path is down"),
        Err(_) => error!(path = path.0, "the direct path panicked"),
    }
    let _ = settings.events.send(DirectEvent::Down { path }).await;
}
