//! The path interface: what `session` knows of the ways that bytes travel, and what `transport` adapts to it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A message lane of a path. Every path offers all three; a path that can't tell them apart carries them in order.
///
/// A message is at most [`RECORD_MAX`](crate::limits::RECORD_MAX) bytes, except M4 on the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// In order, reliable: handshake, attach, lanes 0 and 1.
    Ordered,
    /// Unordered, no retransmission: lanes 2, 3, 5 and 6.
    Loose,
    /// In order, reliable, throttled, yields to the picture: lane 4.
    Bulk,
}

/// What carries a session, worst first: a later kind is preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PathKind {
    /// WebSocket over TLS through the broker.
    Relay,
    /// TURN over UDP at the broker.
    Turn,
    /// ICE over TCP, direct.
    DirectTcp,
    /// ICE over UDP, direct.
    DirectUdp,
}

impl PathKind {
    /// Whether no third machine carries the session's bytes.
    #[must_use]
    pub const fn is_direct(self) -> bool {
        matches!(self, Self::DirectTcp | Self::DirectUdp)
    }
}
