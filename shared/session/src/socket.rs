//! The signalling socket as the handshake sees it: before M5 it is the only way to the peer.

use beside_protocol::PathId;
use beside_protocol::path::{Channel, PathKind};

use crate::path_io::{FIRST_RELAY, PathInput, PathOutput};

/// The socket that carries the handshake, while it is there.
pub(crate) struct Socket(Option<PathId>);

/// What a path's word means to the handshake.
pub(crate) enum SocketSays<'a> {
    /// Nothing.
    Nothing,
    /// The socket is back after it was lost: the last message must be sent again.
    Back,
    /// A message of the peer, or of whoever sits between.
    Message(&'a [u8]),
}

impl Socket {
    pub(crate) const fn new() -> Self {
        Self(Some(FIRST_RELAY))
    }

    pub(crate) const fn path(&self) -> Option<PathId> {
        self.0
    }

    pub(crate) fn hear<'a>(&mut self, input: &PathInput<'a>) -> SocketSays<'a> {
        match input {
            PathInput::Up { path, kind: PathKind::Relay } => {
                self.0 = Some(*path);
                SocketSays::Back
            }
            PathInput::Down { path } => {
                self.0.take_if(|socket| socket == path);
                SocketSays::Nothing
            }
            PathInput::Message { path, bytes, .. } if self.0 == Some(*path) => SocketSays::Message(bytes),
            PathInput::Up { .. }
            | PathInput::Message { .. }
            | PathInput::Drained { .. }
            | PathInput::Described { .. }
            | PathInput::Candidate { .. } => SocketSays::Nothing,
        }
    }

    /// Sends a message of the handshake. Without the socket there is nothing to send it on: it is sent when it is back.
    pub(crate) fn transmit(&self, bytes: &[u8]) -> Option<PathOutput> {
        let path = self.0?;
        Some(PathOutput::Transmit { path, channel: Channel::Ordered, bytes: bytes.to_vec() })
    }
}
