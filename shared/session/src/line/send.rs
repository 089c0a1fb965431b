//! Sealing and sending.

use std::time::Instant;

use beside_protocol::control::ControlMessage;
use beside_protocol::input::InputEvent;
use beside_protocol::record::Lane;
use beside_protocol::{ErrorCode, PathId};

use super::Line;
use super::attach::INPUT_AGE_MAX;
use crate::error::SessionError;
use crate::path_io::PathOutput;

impl Line {
    /// Sends a control message; it arrives unless the session ends first. Returns its number on lane 0.
    ///
    /// # Errors
    /// The peer has not acknowledged 4 MiB, or the message is too long for a record.
    pub(crate) fn send_control(&mut self, message: &ControlMessage, now: Instant) -> Result<u64, SessionError> {
        let payload = serde_json::to_vec(message).map_err(|_| SessionError::Local(ErrorCode::Internal))?;
        if !self.control.has_room(payload.len()) {
            return Err(SessionError::PeerMisbehaved(ErrorCode::PeerLost));
        }
        let (seq, record) = self.seal(Lane::Control, &payload, now)?;
        self.control.keep(seq, record.clone(), now);
        self.transmit_kept(Lane::Control, record, now);
        Ok(seq)
    }

    /// Sends acts of the operator. Says no, and sends nothing, while they would only come late: there is no path, or
    /// the customer must first be told what was dropped.
    ///
    /// # Errors
    /// The lane has run out of numbers.
    pub(crate) fn send_input(&mut self, events: &[InputEvent], now: Instant) -> Result<bool, SessionError> {
        let mut payload = Vec::new();
        for event in events {
            event.encode(&mut payload);
        }
        if self.paths.current().is_none() || self.input_held || !self.input.has_room(payload.len()) {
            return Ok(false);
        }
        let (seq, record) = self.seal(Lane::Input, &payload, now)?;
        self.input.keep(seq, record.clone(), now);
        self.transmit_kept(Lane::Input, record, now);
        Ok(true)
    }

    /// Sends on a lane without order; lost if there is no path. Returns the record's number if there is one.
    ///
    /// # Errors
    /// The lane has run out of numbers.
    pub(crate) fn send_loose(&mut self, lane: Lane, payload: &[u8], now: Instant) -> Result<Option<u64>, SessionError> {
        let Some((path, _)) = self.paths.current() else { return Ok(None) };
        let (seq, record) = self.seal(lane, payload, now)?;
        self.transmit(path, lane, record);
        Ok(Some(seq))
    }

    /// Whether the peer has acknowledged this number of lane 0.
    pub(crate) fn is_acked(&self, seq: u64) -> bool {
        self.control.oldest().is_none_or(|oldest| oldest > seq)
    }

    pub(super) fn seal(&mut self, lane: Lane, payload: &[u8], now: Instant) -> Result<(u64, Vec<u8>), SessionError> {
        let failed = SessionError::Local(ErrorCode::Internal);
        let sealer = self.lanes.sealers.lane(lane).ok_or(failed)?;
        let seq = sealer.next_seq();
        let record = sealer.seal(now, payload).map_err(|_| failed)?;
        Ok((seq, record))
    }

    pub(super) fn send_acks(&mut self, now: Instant) {
        let Some((path, _)) = self.paths.current() else { return };
        let openers = &mut self.lanes.openers;
        let payload = self.acks.take(|lane| openers.lane(lane).map_or(0, |opener| opener.expected()));
        if let Some(payload) = payload {
            self.send_ack_payload(path, &payload, now);
        }
    }

    pub(super) fn send_ack_payload(&mut self, path: PathId, payload: &[u8], now: Instant) {
        // An ack is a few bytes, and a lane has 2^64 numbers: sealing can't fail.
        if let Ok((_, record)) = self.seal(Lane::Ack, payload, now) {
            self.transmit(path, Lane::Ack, record);
        }
    }

    /// On another path, everything that was not acknowledged goes out once more, the same bytes.
    pub(super) fn send_again(&mut self, now: Instant) {
        let Some((path, _)) = self.paths.current() else { return };
        let control: Vec<Vec<u8>> = self.control.records().map(<[u8]>::to_vec).collect();
        for record in control {
            self.transmit(path, Lane::Control, record);
        }
        let oldest = self.input.oldest();
        self.input_held |= oldest.is_some() && oldest != self.input.oldest_within(INPUT_AGE_MAX, now);
        if !self.input_held {
            self.send_input_again();
        }
    }

    /// What was not acknowledged goes out on every other path that was attached once: the one that carries the session
    /// may be dead without anybody's knowing it yet, and after the last word nothing is sent again.
    pub(super) fn send_everywhere(&mut self) {
        let current = self.paths.current().map(|(id, _)| id);
        let control: Vec<Vec<u8>> = self.control.records().map(<[u8]>::to_vec).collect();
        for path in self.paths.taken().into_iter().filter(|path| Some(*path) != current) {
            for record in &control {
                self.transmit(path, Lane::Control, record.clone());
            }
        }
    }

    pub(super) fn send_input_again(&mut self) {
        let Some((path, _)) = self.paths.current() else { return };
        let input: Vec<Vec<u8>> = self.input.records().map(<[u8]>::to_vec).collect();
        for record in input {
            self.transmit(path, Lane::Input, record);
        }
    }

    fn transmit_kept(&mut self, lane: Lane, record: Vec<u8>, now: Instant) {
        if let Some((path, _)) = self.paths.current() {
            self.pulse.wait(now);
            self.transmit(path, lane, record);
        }
    }

    fn transmit(&mut self, path: PathId, lane: Lane, record: Vec<u8>) {
        if let Some(path) = self.paths.get_mut(path) {
            path.gave(record.len());
        }
        self.out.push_back(PathOutput::Transmit { path, channel: lane.channel(), bytes: record });
    }

    pub(super) fn transmit_attach(&mut self, path: PathId, message: Vec<u8>) {
        self.transmit(path, Lane::Control, message);
    }
}
