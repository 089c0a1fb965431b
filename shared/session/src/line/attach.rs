//! A1, A2 and A3 on a path that is not, or no longer, known to be the session's.

use std::time::{Duration, Instant};

use beside_crypto::attach::{AttachAnswered, AttachAsked, ResumeFrom};
use beside_protocol::handshake::{A1, A2, A3};
use beside_protocol::record::Lane;
use beside_protocol::{ErrorCode, PathId};

use super::acks;
use super::paths::Proof;
use super::{Line, LineEvent};
use crate::error::SessionError;
use crate::side::Side;

/// Input that is older when a path is attached is dropped: nobody wants to see a click of a minute ago.
pub(super) const INPUT_AGE_MAX: Duration = Duration::from_secs(1);
/// How long the customer waits for an answer before it asks again. Nothing is lost on a path in order, but the peer's
/// half of it may not have been there yet.
const ASK_AGAIN: Duration = Duration::from_secs(2);

impl Line {
    /// Customer: asks on every path for which it is time.
    pub(super) fn ask_to_attach(&mut self, now: Instant) {
        let mut asked = Vec::new();
        for (id, path) in self.paths.iter_mut() {
            if path.ask.take_if(|due| *due <= now).is_some() {
                let ask = AttachAsked::new(&mut self.rng, &self.lanes.attach);
                asked.push((id, ask.a1().to_vec()));
                path.proof = Proof::Asked(ask);
                path.ask = Some(now + ASK_AGAIN);
            }
        }
        for (id, a1) in asked {
            self.transmit_attach(id, a1);
        }
    }

    /// Takes A1, A2 or A3. One that proves nothing has no effect: anybody may send it.
    ///
    /// # Errors
    /// The peer proved itself and goes on from where it can't.
    pub(super) fn receive_attach(&mut self, id: PathId, bytes: &[u8], now: Instant) -> Result<(), SessionError> {
        match (self.side, bytes.first()) {
            (Side::Operator, Some(&A1)) => self.receive_a1(id, bytes, now),
            (Side::Customer, Some(&A2)) => self.receive_a2(id, bytes)?,
            (Side::Operator, Some(&A3)) => self.receive_a3(id, bytes, now)?,
            (Side::Customer | Side::Operator, _) => self.forged(id, now),
        }
        Ok(())
    }

    fn receive_a1(&mut self, id: PathId, a1: &[u8], now: Instant) {
        let own = self.resume_from(now);
        match AttachAnswered::new(&mut self.rng, &self.lanes.attach, a1, own) {
            Ok(answered) => {
                let a2 = answered.a2().to_vec();
                if let Some(path) = self.paths.get_mut(id) {
                    path.proof = Proof::Answered(answered, own);
                }
                self.transmit_attach(id, a2);
            }
            Err(error) => tracing::debug!(%error, "an attach was not answered"),
        }
    }

    fn receive_a2(&mut self, id: PathId, a2: &[u8]) -> Result<(), SessionError> {
        let own = ResumeFrom { control: self.control_from(), input: 0, files: 0 };
        let Some(path) = self.paths.get_mut(id) else { return Ok(()) };
        let Proof::Asked(asked) = std::mem::replace(&mut path.proof, Proof::None) else { return Ok(()) };
        match asked.receive_a2(&self.lanes.attach, a2, own) {
            Ok((a3, peer)) => {
                path.proof = Proof::Shown;
                path.taken = true;
                self.transmit_attach(id, a3);
                self.check_resume(peer)
            }
            Err(error) => {
                tracing::debug!(%error, "an attach failed");
                Ok(())
            }
        }
    }

    fn receive_a3(&mut self, id: PathId, a3: &[u8], now: Instant) -> Result<(), SessionError> {
        let Some(path) = self.paths.get_mut(id) else { return Ok(()) };
        let Proof::Answered(answered, own) = std::mem::replace(&mut path.proof, Proof::None) else { return Ok(()) };
        let peer = match answered.receive_a3(&self.lanes.attach, a3) {
            Ok(peer) => peer,
            Err(error) => {
                tracing::debug!(%error, "an attach failed");
                return Ok(());
            }
        };
        path.attach();
        self.check_resume(peer)?;
        // What A2 did not count is dropped now that the customer has proved to know it.
        self.input.forget_before(own.input);
        let held = std::mem::take(&mut self.input_held);
        let expected = self.expected(Lane::Control);
        self.send_ack_payload(id, &acks::entry(Lane::Control, expected), now);
        if !self.go_on(id, now) && held {
            self.send_input_again();
        }
        Ok(())
    }

    /// A path was attached: if it carries the session, now or still, sending goes on from the oldest unacknowledged
    /// record. Says whether it does.
    fn go_on(&mut self, id: PathId, now: Instant) -> bool {
        let carries = |line: &Self| line.paths.current().is_some_and(|(current, _)| current == id);
        let before = carries(self);
        self.move_to_best(now);
        if before && carries(self) {
            self.send_again(now);
        }
        carries(self)
    }

    /// Customer: the first record after A3 has come, so the operator takes this side's too.
    pub(super) fn attached(&mut self, id: PathId, now: Instant) {
        if let Some(path) = self.paths.get_mut(id)
            && matches!(path.proof, Proof::Shown)
        {
            path.attach();
            self.go_on(id, now);
        }
    }

    /// Checks from where the peer goes on. On lane 1 what it skips is skipped here too; elsewhere nothing may be.
    fn check_resume(&mut self, peer: ResumeFrom) -> Result<(), SessionError> {
        if peer.control > self.expected(Lane::Control) || peer.files > self.expected(Lane::Files) {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
        }
        if let Some(input) = self.lanes.openers.lane(Lane::Input)
            && input.skip_to(peer.input)
        {
            self.events.push_back(LineEvent::InputSkipped);
        }
        Ok(())
    }

    fn resume_from(&mut self, now: Instant) -> ResumeFrom {
        let fresh_input = self.input.oldest_within(INPUT_AGE_MAX, now);
        ResumeFrom {
            control: self.control_from(),
            input: fresh_input.unwrap_or_else(|| self.next_seq(Lane::Input)),
            files: 0,
        }
    }

    fn control_from(&mut self) -> u64 {
        self.control.oldest().unwrap_or_else(|| self.next_seq(Lane::Control))
    }

    pub(super) fn next_seq(&mut self, lane: Lane) -> u64 {
        self.lanes.sealers.lane(lane).map_or(0, |sealer| sealer.next_seq())
    }

    pub(super) fn expected(&mut self, lane: Lane) -> u64 {
        self.lanes.openers.lane(lane).map_or(0, |opener| opener.expected())
    }
}
