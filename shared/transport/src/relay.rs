//! One session's relay path over a link that may break and come back.

use beside_protocol::PathId;
use beside_protocol::path::PathKind;
use beside_session::{FIRST_RELAY, PathInput, relay_path};

/// Which path the relay is now. It is up from the beginning: the handshake runs on it.
#[derive(Debug)]
pub struct RelayState {
    breaks: u32,
    up: bool,
}

impl Default for RelayState {
    fn default() -> Self {
        Self { breaks: 0, up: true }
    }
}

impl RelayState {
    /// The path.
    #[must_use]
    pub const fn path(&self) -> PathId {
        if self.breaks == 0 { FIRST_RELAY } else { relay_path(self.breaks) }
    }

    /// Whether it carries messages.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        self.up
    }

    /// Our socket or the peer's is gone, or the session has closed the path. What to tell the session, if it is news.
    pub fn gone(&mut self) -> Option<PathInput<'static>> {
        std::mem::replace(&mut self.up, false).then(|| PathInput::Down { path: self.path() })
    }

    /// Both sockets are there again: a new path, since messages may be missing. What to tell the session, if it is news.
    pub fn back(&mut self) -> Option<PathInput<'static>> {
        if self.up {
            return None;
        }
        self.up = true;
        self.breaks += 1;
        Some(PathInput::Up { path: self.path(), kind: PathKind::Relay })
    }
}
