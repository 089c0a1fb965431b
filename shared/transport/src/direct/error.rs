//! Why a path ended. The words hold nothing that the peer sent and no address: they go to the log.

use thiserror::Error;

/// The end of one path. The session goes on over another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum PathError {
    /// The peer did what no client of ours does, or is not the peer of the handshake.
    #[error("the peer misbehaved: {0}")]
    Peer(&'static str),
    /// The network doesn't carry the path, or no longer.
    #[error("the network: {0}")]
    Lost(&'static str),
    /// This machine can't.
    #[error("this machine: {0}")]
    Local(&'static str),
}
