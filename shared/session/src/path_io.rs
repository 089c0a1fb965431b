//! What a session and the ways that its bytes travel say to each other; the same on both sides.
//!
//! A path is anything that carries messages on the three [`Channel`]s with their stated order and reliability. The
//! transport adapts the WebSocket relay and WebRTC to it. What a message is, only the session knows.
//!
//! **Who numbers paths.** [`FIRST_RELAY`] is the socket of the handshake and is up from the beginning. Whenever that
//! socket was lost and is back, or the broker said that the peer's socket went and came, messages may be missing in
//! between: the transport reports [`PathInput::Down`] for the old path and [`PathInput::Up`] with the next
//! [`relay_path`]. Paths over WebRTC are numbered by the customer's session with [`PathOutput::Gather`]; both sides
//! use that number.

use beside_protocol::PathId;
use beside_protocol::control::DescriptionKind;
use beside_protocol::path::{Channel, PathKind};

/// The signalling socket that carries the handshake.
pub const FIRST_RELAY: PathId = PathId(0);

/// The path over the signalling socket after it broke, or the peer's did, for the `breaks`-th time.
///
/// The ids of relay paths mean something on one side only and never meet those of WebRTC paths.
#[must_use]
pub const fn relay_path(breaks: u32) -> PathId {
    if breaks == 0 { FIRST_RELAY } else { PathId((1 << 31) | breaks) }
}

/// What a path, or the transport that makes it, tells the session.
#[derive(Debug)]
pub enum PathInput<'a> {
    /// The path carries messages from now on, or has changed its kind.
    Up {
        /// The path.
        path: PathId,
        /// What it is now.
        kind: PathKind,
    },
    /// The path is gone for good.
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
        /// The message as sent by the peer, or by whoever sits between.
        bytes: &'a [u8],
    },
    /// So many bytes of this session's messages have left the path's own buffer, on the wire or lost. Without it the
    /// picture stands still: it never fills a buffer by more than [`WINDOW`](crate::WINDOW).
    Drained {
        /// The path.
        path: PathId,
        /// Bytes of whole messages.
        bytes: usize,
    },
    /// The description that the transport made for [`PathOutput::Gather`] or [`PathOutput::Description`].
    Described {
        /// The path.
        path: PathId,
        /// RFC 8866 text.
        sdp: String,
    },
    /// The transport found an ICE candidate; empty text ends them.
    Candidate {
        /// The path.
        path: PathId,
        /// RFC 8839 text.
        candidate: String,
        /// The media section's name.
        mid: Option<String>,
    },
}

/// What the session asks of a path, or of the transport that makes paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathOutput {
    /// Send this message. The session counts its bytes until [`PathInput::Drained`].
    Transmit {
        /// The path.
        path: PathId,
        /// Its channel.
        channel: Channel,
        /// The message.
        bytes: Vec<u8>,
    },
    /// Customer only: make a WebRTC path of this number and its offer.
    Gather {
        /// The path.
        path: PathId,
    },
    /// The peer's description. For an offer, make a WebRTC path of this number and its answer. Every `a=fingerprint`
    /// in it is the one of the handshake already.
    Description {
        /// The path.
        path: PathId,
        /// Offer or answer.
        kind: DescriptionKind,
        /// RFC 8866 text.
        sdp: String,
    },
    /// The peer's ICE candidate; empty text ends them.
    Candidate {
        /// The path.
        path: PathId,
        /// RFC 8839 text.
        candidate: String,
        /// The media section's name.
        mid: Option<String>,
    },
    /// Close the path after what it still has to send: it misbehaved, or the session is over. On the relay that is this
    /// session's path, not the signalling socket; unless the session is over, the next [`relay_path`] may come up.
    Close {
        /// The path.
        path: PathId,
    },
}
