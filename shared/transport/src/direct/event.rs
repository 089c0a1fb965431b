//! What the paths tell their owner.

use beside_protocol::PathId;
use beside_protocol::path::{Channel, PathKind};
use beside_session::PathInput;

/// The owned twin of [`PathInput`], to travel between tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectEvent {
    /// The path carries messages from now on, or has changed its kind.
    Up {
        /// The path.
        path: PathId,
        /// What it is now.
        kind: PathKind,
    },
    /// The path is gone for good. Its last event.
    Down {
        /// The path.
        path: PathId,
    },
    /// A message arrived.
    Message {
        /// The path.
        path: PathId,
        /// Its channel.
        channel: Channel,
        /// The message, at most [`RECORD_MAX`](beside_protocol::limits::RECORD_MAX) bytes.
        bytes: Vec<u8>,
    },
    /// So many bytes of whole messages have arrived at the peer, or were given up.
    Drained {
        /// The path.
        path: PathId,
        /// Bytes of whole messages.
        bytes: usize,
    },
    /// The path's own description.
    Described {
        /// The path.
        path: PathId,
        /// RFC 8866 text with the data section only.
        sdp: String,
    },
    /// An ICE candidate of this machine; empty text ends them.
    Candidate {
        /// The path.
        path: PathId,
        /// RFC 8839 text.
        candidate: String,
        /// The media section's name.
        mid: Option<String>,
    },
}

impl DirectEvent {
    /// The same for the session.
    #[must_use]
    pub fn as_input(&self) -> PathInput<'_> {
        match self {
            Self::Up { path, kind } => PathInput::Up { path: *path, kind: *kind },
            Self::Down { path } => PathInput::Down { path: *path },
            Self::Message { path, channel, bytes } => PathInput::Message { path: *path, channel: *channel, bytes },
            Self::Drained { path, bytes } => PathInput::Drained { path: *path, bytes: *bytes },
            Self::Described { path, sdp } => PathInput::Described { path: *path, sdp: sdp.clone() },
            Self::Candidate { path, candidate, mid } => {
                PathInput::Candidate { path: *path, candidate: candidate.clone(), mid: mid.clone() }
            }
        }
    }
}
