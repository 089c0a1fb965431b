//! Opening what arrives, and the part of it that is the line's own business.

use std::time::Instant;

use beside_crypto::Opened;
use beside_protocol::control::{ControlMessage, DescriptionKind};
use beside_protocol::handshake::{A1, A2, A3, RECORD};
use beside_protocol::pointer::PointerState;
use beside_protocol::record::{Lane, RecordHeader};
use beside_protocol::{ErrorCode, PathId};

use super::acks;
use super::sdp::with_fingerprint;
use super::{Line, LineEvent};
use crate::error::SessionError;
use crate::path_io::PathOutput;
use crate::side::Side;

const MALFORMED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageMalformed);
const UNEXPECTED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected);
const NOT_PERMITTED: SessionError = SessionError::PeerMisbehaved(ErrorCode::NotPermitted);

impl Line {
    /// Takes a message from a path. What is not proved to be the peer's can only cost its path.
    pub(super) fn receive(&mut self, id: PathId, bytes: &[u8], now: Instant) -> Result<(), SessionError> {
        if self.paths.get(id).is_none() {
            return Ok(());
        }
        match bytes.first() {
            Some(&(A1 | A2 | A3)) => self.receive_attach(id, bytes, now),
            Some(&RECORD) => self.receive_record(id, bytes, now),
            // After a lost socket the peer says again what may not have arrived.
            Some(_) if self.repeats.iter().any(|message| message == bytes) => Ok(()),
            Some(_) | None => {
                self.forged(id, now);
                Ok(())
            }
        }
    }

    /// Something on this path was not of this session: the path is closed, and its kind at the third time.
    pub(super) fn forged(&mut self, id: PathId, now: Instant) {
        tracing::warn!(path = id.0, "a message was not of this session");
        for id in self.paths.forged(id) {
            self.close_path(id, now);
        }
    }

    fn receive_record(&mut self, id: PathId, bytes: &[u8], now: Instant) -> Result<(), SessionError> {
        // Before its attach a path is nobody's, and what comes on it is neither taken nor held against anyone.
        if !self.paths.get(id).is_some_and(|path| path.taken) {
            return Ok(());
        }
        let Ok((header, aad, ciphertext)) = RecordHeader::decode(bytes) else {
            self.forged(id, now);
            return Ok(());
        };
        let opened = self.lanes.openers.lane(header.lane).map(|opener| opener.open(now, header, aad, ciphertext));
        match opened {
            Some(Ok(Opened::Payload(payload))) => {
                // Only the path that carries the session is asked whether it still does.
                if self.paths.current().is_some_and(|(current, _)| current == id) {
                    self.pulse.hear(now);
                }
                self.attached(id, now);
                if header.lane.is_ordered() {
                    self.note_ack(header.lane, now);
                }
                self.receive_payload(header, payload, now)
            }
            Some(Ok(Opened::Dropped)) => {
                // The same bytes came on another path before; the peer may not know that they arrived.
                if header.lane.is_ordered() && header.seq < self.expected(header.lane) {
                    self.note_ack(header.lane, now);
                }
                Ok(())
            }
            Some(Err(_)) | None => {
                self.forged(id, now);
                Ok(())
            }
        }
    }

    fn note_ack(&mut self, lane: Lane, now: Instant) {
        self.acks.note(lane, now);
        if self.acks.deadline().is_some_and(|due| due <= now) {
            self.send_acks(now);
        }
    }

    fn receive_payload(&mut self, header: RecordHeader, payload: Vec<u8>, now: Instant) -> Result<(), SessionError> {
        match header.lane {
            Lane::Control => {
                let message: ControlMessage = serde_json::from_slice(&payload).map_err(|_| MALFORMED)?;
                self.receive_control(message.check().map_err(|_| MALFORMED)?, now)?;
            }
            Lane::Input => self.events.push_back(LineEvent::Input(payload)),
            Lane::Pointer if self.side == Side::Operator => {
                let pointer = PointerState::decode(&payload).map_err(|_| MALFORMED)?;
                self.events.push_back(LineEvent::Pointer(pointer));
            }
            Lane::Pointer => return Err(UNEXPECTED),
            Lane::Picture => self.events.push_back(LineEvent::Picture(payload, header.seq)),
            // No right to files or voice can be granted in this version.
            Lane::Files | Lane::Voice => return Err(NOT_PERMITTED),
            Lane::Ack => self.receive_acks(&payload, now)?,
        }
        Ok(())
    }

    fn receive_acks(&mut self, payload: &[u8], now: Instant) -> Result<(), SessionError> {
        let mut progress = false;
        for (lane, next) in acks::decode(payload).map_err(|_| MALFORMED)? {
            if next > self.next_seq(lane) {
                return Err(UNEXPECTED);
            }
            match lane {
                Lane::Control => progress |= self.control.forget_before(next),
                Lane::Input => progress |= self.input.forget_before(next),
                Lane::Files | Lane::Pointer | Lane::Picture | Lane::Voice | Lane::Ack => {}
            }
        }
        if progress {
            let waiting = !self.control.is_empty() || !self.input.is_empty();
            self.pulse.progress(waiting, now);
        }
        Ok(())
    }

    fn receive_control(&mut self, message: ControlMessage, now: Instant) -> Result<(), SessionError> {
        if self.side == Side::Customer {
            // The operator's first word is that the number matched, or that the session is over.
            match (&message, self.checked) {
                (ControlMessage::Checked, false) => self.checked = true,
                (ControlMessage::Close { .. }, _) => {}
                (ControlMessage::Checked, true) | (_, false) => return Err(UNEXPECTED),
                (_, true) => {}
            }
        }
        match message {
            ControlMessage::Ping { number } => {
                self.send_control(&ControlMessage::Pong { number }, now)?;
            }
            ControlMessage::Pong { number } => {
                if self.pulse.pong(number, now).is_some() {
                    self.events.push_back(LineEvent::Delay);
                }
            }
            ControlMessage::Description { path, kind, sdp } => self.receive_description(path, kind, &sdp, now)?,
            ControlMessage::Candidate { path, candidate, mid } => {
                if self.ladder.take_candidate(path) {
                    self.out.push_back(PathOutput::Candidate { path, candidate, mid });
                }
            }
            other @ (ControlMessage::Checked
            | ControlMessage::Ask { .. }
            | ControlMessage::GiveBack { .. }
            | ControlMessage::Granted { .. }
            | ControlMessage::Denied { .. }
            | ControlMessage::Ended { .. }
            | ControlMessage::InputHeld { .. }
            | ControlMessage::Displays { .. }
            | ControlMessage::ShareDisplay { .. }
            | ControlMessage::Close { .. }) => self.events.push_back(LineEvent::Control(other)),
        }
        Ok(())
    }

    fn receive_description(
        &mut self,
        path: PathId,
        kind: DescriptionKind,
        sdp: &str,
        now: Instant,
    ) -> Result<(), SessionError> {
        match (self.side, kind) {
            (Side::Operator, DescriptionKind::Offer) => {
                let Some(earlier) = self.ladder.offered(path, now) else { return Ok(()) };
                if let Some(earlier) = earlier {
                    self.close_path(earlier, now);
                }
            }
            (Side::Customer, DescriptionKind::Answer) => {
                if !self.ladder.is_current(path) {
                    return Ok(());
                }
            }
            (Side::Customer, DescriptionKind::Offer) | (Side::Operator, DescriptionKind::Answer) => {
                return Err(UNEXPECTED);
            }
        }
        match with_fingerprint(sdp, &self.peer_fingerprint) {
            Some(sdp) => self.out.push_back(PathOutput::Description { path, kind, sdp }),
            None => self.ladder.down(path, now),
        }
        Ok(())
    }
}
