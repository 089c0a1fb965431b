//! From accepting the knock to the customer's verdict: M2 is out, M3 and M5 are awaited.

use std::time::Instant;

use beside_crypto::{Answer, OperatorAccepted, OperatorShaken, SessionKeys, Verdict};
use beside_protocol::handshake::{M3, M5};
use beside_protocol::limits::{WAIT_M3_M4, WAIT_M5};
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, ErrorCode, Party, Right, Rights};

use super::check::Checking;
use super::context::Context;
use crate::error::SessionError;
use crate::over::Over;
use crate::path_io::PathInput;
use crate::socket::SocketSays;

const UNEXPECTED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected);

/// Waits for the customer's share.
pub(super) struct Accepted {
    accepted: OperatorAccepted,
    pub(super) deadline: Instant,
}

/// Still waiting, or one state further.
pub(super) enum Revealed {
    Not(Box<Accepted>),
    Done(Box<Deciding>),
}

impl Accepted {
    pub(super) fn new(accepted: OperatorAccepted, now: Instant) -> Self {
        Self { accepted, deadline: now + WAIT_M3_M4 }
    }

    pub(super) fn path(
        self: Box<Self>,
        input: &PathInput<'_>,
        context: &mut Context,
        now: Instant,
    ) -> Result<Revealed, Over> {
        match context.socket.hear(input) {
            SocketSays::Nothing => Ok(Revealed::Not(self)),
            // M2 travels with the acceptance, which is the signalling's to repeat.
            SocketSays::Back => {
                context.accept(self.accepted.m2());
                Ok(Revealed::Not(self))
            }
            SocketSays::Message(m3) if m3.first() == Some(&M3) => {
                let shaken = self.accepted.receive_m3(m3)?;
                context.transmit(shaken.m4());
                context.changed();
                let check = Checking::new(&shaken);
                let deadline = now + WAIT_M5;
                Ok(Revealed::Done(Box::new(Deciding { shaken, m3: m3.to_vec(), check, deadline })))
            }
            SocketSays::Message(_) => Err(UNEXPECTED.into()),
        }
    }
}

/// The customer reads, compares and decides.
pub(super) struct Deciding {
    shaken: OperatorShaken,
    m3: Vec<u8>,
    pub(super) check: Checking,
    pub(super) deadline: Instant,
}

/// What the customer's yes came with.
pub(super) struct Allowed {
    pub(super) keys: SessionKeys,
    pub(super) lease_seconds: u32,
    pub(super) check: Checking,
    pub(super) peer_fingerprint: [u8; 32],
    /// M3 and M5, which may come again after a lost socket.
    pub(super) repeats: Vec<Vec<u8>>,
}

/// Still waiting, or one state further.
pub(super) enum Decided {
    Not(Box<Deciding>),
    Allowed(Box<Allowed>),
}

impl Deciding {
    pub(super) fn path(self: Box<Self>, input: &PathInput<'_>, context: &mut Context) -> Result<Decided, Over> {
        match context.socket.hear(input) {
            SocketSays::Nothing => Ok(Decided::Not(self)),
            SocketSays::Back => {
                context.transmit(self.shaken.m4());
                Ok(Decided::Not(self))
            }
            SocketSays::Message(m5) if m5.first() == Some(&M5) => self.answered(m5, context),
            SocketSays::Message(m3) if m3.first() == Some(&M3) => {
                self.shaken.seen().check_again(m3)?;
                // Who says M3 again has not got M4.
                context.transmit(self.shaken.m4());
                Ok(Decided::Not(self))
            }
            SocketSays::Message(_) => Err(UNEXPECTED.into()),
        }
    }

    fn answered(self, m5: &[u8], context: &mut Context) -> Result<Decided, Over> {
        let peer_fingerprint = self.shaken.peer_fingerprint();
        let (Answer { verdict, rights, lease_seconds }, keys) = self.shaken.receive_m5(m5)?;
        context.verdict_known = true;
        context.event(SessionEvent::Verdict { accepted: verdict == Verdict::Accepted });
        match (verdict, keys) {
            (Verdict::Accepted, Some(keys)) if rights == Rights::only(Right::View) && lease_seconds > 0 => {
                context.changed();
                let repeats = vec![self.m3, m5.to_vec()];
                let check = self.check;
                Ok(Decided::Allowed(Box::new(Allowed { keys, lease_seconds, check, peer_fingerprint, repeats })))
            }
            // M5 grants the right to see and nothing else.
            (Verdict::Accepted, _) => Err(SessionError::PeerMisbehaved(ErrorCode::MessageMalformed).into()),
            (Verdict::Refused, _) => Err(Over::Told(End::new(Party::Customer, EndReason::Refused))),
            (Verdict::NumberDiffers, _) => {
                Err(Over::Told(End::failed(Party::Customer, EndReason::NumberDiffers, ErrorCode::CheckFailed)))
            }
        }
    }
}
