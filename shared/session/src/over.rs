//! That a session is over, on its way from where it was noticed to where it is ended.

use std::time::Duration;

use beside_crypto::HandshakeError;
use beside_protocol::{End, EndReason, ErrorCode, Party};

use crate::error::SessionError;

/// Why nothing goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Over {
    /// A person here ended it; the peer is to be told.
    Here(End),
    /// The peer or the broker said so.
    Told(End),
    /// It can't go on; the peer is to be told.
    Broken(SessionError),
}

impl From<SessionError> for Over {
    fn from(error: SessionError) -> Self {
        Self::Broken(error)
    }
}

impl From<HandshakeError> for Over {
    fn from(error: HandshakeError) -> Self {
        Self::Broken(error.into())
    }
}

/// Somebody who was waited for did not come.
pub(crate) const TIMED_OUT: Over = Over::Broken(SessionError::PeerMisbehaved(ErrorCode::NoAnswer));

/// The signalling socket was lost before there was a session, and did not come back.
pub(crate) const ALONE: Over = Over::Here(End::failed(Party::Nobody, EndReason::Lost, ErrorCode::BrokerLost));
/// After the broker's word that a session is over, the peer's own is awaited for so long.
pub(crate) const CLOSE_WAIT: Duration = Duration::from_secs(1);
/// The broker has ended it, and the peer has not said why.
pub(crate) const UNEXPLAINED: Over = Over::Here(End::failed(Party::Broker, EndReason::Lost, ErrorCode::PeerLost));
