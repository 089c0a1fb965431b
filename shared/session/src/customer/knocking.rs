//! From the knock to the operator's proof: M1 is out, M2 and M4 are awaited.

use std::time::Instant;

use beside_crypto::{CustomerKnock, CustomerRevealed, CustomerTrust};
use beside_identity::UnixTime;
use beside_protocol::handshake::M4;
use beside_protocol::limits::{WAIT_M2, WAIT_M3_M4};
use beside_protocol::{ErrorCode, Right, Rights};

use super::context::Context;
use super::deciding::Deciding;
use crate::error::SessionError;
use crate::over::Over;
use crate::path_io::PathInput;
use crate::socket::SocketSays;

/// What the operator will be judged by.
pub(super) struct Judgement {
    pub(super) trust: CustomerTrust,
    /// The time at the moment of the knock.
    pub(super) time: UnixTime,
    pub(super) knocked: Instant,
}

impl Judgement {
    fn time(&self, now: Instant) -> UnixTime {
        self.time + now.saturating_duration_since(self.knocked).as_secs()
    }
}

/// Waits for the operator to accept.
pub(super) struct Knocking {
    pub(super) knock: CustomerKnock,
    pub(super) judgement: Judgement,
}

impl Knocking {
    pub(super) fn deadline(&self) -> Instant {
        self.judgement.knocked + WAIT_M2
    }

    pub(super) fn accepted(self, m2: &[u8], context: &mut Context, now: Instant) -> Result<Shaking, Over> {
        let revealed = self.knock.receive_m2(m2)?;
        context.transmit(revealed.m3());
        context.shaken = true;
        context.changed();
        Ok(Shaking { revealed, judgement: self.judgement, deadline: now + WAIT_M3_M4 })
    }
}

/// Waits for the operator's proof.
pub(super) struct Shaking {
    revealed: CustomerRevealed,
    judgement: Judgement,
    pub(super) deadline: Instant,
}

/// Still waiting, or one state further.
pub(super) enum Shaken {
    Waiting(Shaking),
    Done(Deciding),
}

impl Shaking {
    /// The broker repeats the acceptance.
    pub(super) fn accepted_again(&self, m2: &[u8]) -> Result<(), Over> {
        Ok(self.revealed.seen().check_again(m2)?)
    }

    pub(super) fn path(self, input: &PathInput<'_>, context: &mut Context, now: Instant) -> Result<Shaken, Over> {
        match context.socket.hear(input) {
            SocketSays::Nothing => Ok(Shaken::Waiting(self)),
            SocketSays::Back => {
                context.transmit(self.revealed.m3());
                Ok(Shaken::Waiting(self))
            }
            SocketSays::Message(bytes) if bytes.first() == Some(&M4) => self.proof(bytes, context, now),
            SocketSays::Message(_) => Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected).into()),
        }
    }

    fn proof(self, m4: &[u8], context: &mut Context, now: Instant) -> Result<Shaken, Over> {
        let time = self.judgement.time(now);
        let verified = self.revealed.receive_m4(m4, &self.judgement.trust, time)?;
        let allowed = verified.status().map_or(Rights::ALL, |status| status.body().allowed);
        if !allowed.has(Right::View) {
            return Err(SessionError::PeerMisbehaved(ErrorCode::NotAllowedByPolicy).into());
        }
        context.operator = verified.operator().cloned();
        context.status_issued = verified.status().map(|status| status.issued());
        context.changed();
        Ok(Shaken::Done(Deciding::new(verified, m4, allowed, now)))
    }
}
