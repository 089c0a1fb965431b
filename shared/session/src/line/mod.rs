//! What both sides have in common after M5: sealed lanes over paths that come and go.
//!
//! Records in order (lanes 0 and 1) are kept until acknowledged and sent again, the same bytes, on the next path; the
//! others are sent once. Records are taken from every path that was attached, so going over to another path breaks
//! nothing. A path that was silent is attached anew, which also says which old input was dropped.

mod acks;
mod attach;
mod kept;
mod ladder;
mod paths;
mod pulse;
mod receive;
mod sdp;
mod send;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_crypto::{SessionKeys, SessionLanes};
use beside_protocol::control::{ControlMessage, DescriptionKind};
use beside_protocol::limits::WAIT_PATH;
use beside_protocol::path::PathKind;
use beside_protocol::pointer::PointerState;
use beside_protocol::{EndReason, ErrorCode, PathId};
use rand_core::CryptoRng;

use self::acks::AcksDue;
use self::kept::Kept;
use self::ladder::Ladder;
use self::paths::{Path, Paths};
use self::pulse::Pulse;
use crate::error::SessionError;
use crate::path_io::{PathInput, PathOutput};
use crate::side::Side;

/// A buffer that holds no more than this is as good as empty: a few control messages don't hold the picture up.
const NEARLY_EMPTY: usize = 4 << 10;

/// Longest texts about a path that are sent, in bytes: with what JSON adds they fit a record.
const DESCRIPTION_MAX: usize = 12 << 10;
const CANDIDATE_MAX: usize = 1_024;
const MID_MAX: usize = 256;

/// What a line starts from.
pub(crate) struct LineStart {
    pub(crate) side: Side,
    pub(crate) keys: SessionKeys,
    /// SHA-256 of the peer's DTLS certificate.
    pub(crate) peer_fingerprint: [u8; 32],
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    /// The path that carried M5, which needs no attach; nothing if it is gone.
    pub(crate) handshake_path: Option<PathId>,
    /// The peer's messages of the handshake that may come again after a lost socket.
    pub(crate) repeats: Vec<Vec<u8>>,
}

/// Something that the peer said, or that became of the paths.
pub(crate) enum LineEvent {
    /// A control message that is not the line's own business.
    Control(ControlMessage),
    /// A payload of lane 1.
    Input(Vec<u8>),
    /// Input is missing: keys may be held down whose release was never sent.
    InputSkipped,
    /// A payload of lane 3, and the number of its record.
    Picture(Vec<u8>, u64),
    /// The customer's pointer.
    Pointer(PointerState),
    /// Another path, or none, carries the session.
    Moved,
    /// A new estimate of the round trip.
    Delay,
}

/// One side's end of the sealed lanes.
pub(crate) struct Line {
    side: Side,
    peer_fingerprint: [u8; 32],
    rng: Box<dyn CryptoRng + Send>,
    lanes: SessionLanes,
    repeats: Vec<Vec<u8>>,
    control: Kept,
    input: Kept,
    /// Operator: input waits for an attach that tells the customer which of it was dropped.
    input_held: bool,
    acks: AcksDue,
    paths: Paths,
    pulse: Pulse,
    ladder: Ladder,
    /// Customer: the operator has said that the number matched, which must be its first word.
    checked: bool,
    pathless_since: Option<Instant>,
    out: VecDeque<PathOutput>,
    events: VecDeque<LineEvent>,
}

impl Line {
    pub(crate) fn new(start: LineStart, now: Instant) -> Self {
        let LineStart { side, keys, peer_fingerprint, rng, handshake_path, repeats } = start;
        let mut paths = Paths::default();
        if let Some(path) = handshake_path {
            paths.insert(path, Path::new(PathKind::Relay, true));
            paths.choose();
        }
        Self {
            side,
            peer_fingerprint,
            rng,
            lanes: keys.into_lanes(now),
            repeats,
            control: Kept::default(),
            input: Kept::default(),
            input_held: false,
            acks: AcksDue::default(),
            pathless_since: handshake_path.is_none().then_some(now),
            paths,
            pulse: Pulse::new(side, now),
            ladder: Ladder::new(),
            checked: false,
            out: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The number matched on both sides: pings begin, and the customer offers better paths.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.pulse.start(now);
        if self.side == Side::Customer {
            self.ladder.start(now);
        }
    }

    /// Takes what a path or the transport says.
    ///
    /// # Errors
    /// The session can't go on.
    pub(crate) fn handle(&mut self, input: PathInput<'_>, now: Instant) -> Result<(), SessionError> {
        match input {
            PathInput::Up { path, kind } => self.path_up(path, kind, now),
            PathInput::Down { path } => self.path_down(path, now),
            PathInput::Message { path, channel: _, bytes } => self.receive(path, bytes, now)?,
            PathInput::Drained { path, bytes } => {
                if let Some(path) = self.paths.get_mut(path) {
                    path.drained(bytes);
                }
            }
            PathInput::Described { path, sdp } => self.describe(path, sdp, now)?,
            PathInput::Candidate { path, candidate, mid } => {
                let fits = candidate.len() <= CANDIDATE_MAX && mid.as_ref().is_none_or(|mid| mid.len() <= MID_MAX);
                if fits && self.ladder.is_current(path) {
                    self.send_control(&ControlMessage::Candidate { path, candidate, mid }, now)?;
                }
            }
        }
        Ok(())
    }

    /// Tells the peer of the path that the transport makes. A description too long for a record costs the path.
    fn describe(&mut self, path: PathId, sdp: String, now: Instant) -> Result<(), SessionError> {
        if !self.ladder.is_current(path) {
            return Ok(());
        }
        if sdp.len() > DESCRIPTION_MAX {
            self.close_path(path, now);
            return Ok(());
        }
        let kind = match self.side {
            Side::Customer => DescriptionKind::Offer,
            Side::Operator => DescriptionKind::Answer,
        };
        self.send_control(&ControlMessage::Description { path, kind, sdp }, now)?;
        Ok(())
    }

    fn path_up(&mut self, id: PathId, kind: PathKind, now: Instant) {
        if let Some(path) = self.paths.get_mut(id) {
            path.kind = kind;
            self.move_to_best(now);
            return;
        }
        let mut path = Path::new(kind, false);
        if self.side == Side::Customer {
            path.ask = Some(now);
        }
        if self.paths.insert(id, path) {
            self.ladder.up(id);
            self.ask_to_attach(now);
        } else {
            self.out.push_back(PathOutput::Close { path: id });
            self.ladder.down(id, now);
        }
    }

    fn path_down(&mut self, id: PathId, now: Instant) {
        self.ladder.down(id, now);
        let was_current = self.paths.current().is_some_and(|(current, _)| current == id);
        if self.paths.remove(id) && was_current {
            self.lost_current(now);
        }
    }

    fn close_path(&mut self, id: PathId, now: Instant) {
        self.out.push_back(PathOutput::Close { path: id });
        self.path_down(id, now);
    }

    /// The path that carried the session does not any more: the next best one does. The customer attaches that one
    /// anew, so that the operator may drop input that is too old to be played back.
    fn lost_current(&mut self, now: Instant) {
        self.move_to_best(now);
        if self.side == Side::Customer {
            let current = self.paths.current().map(|(id, _)| id);
            if let Some(path) = current.and_then(|id| self.paths.get_mut(id)) {
                path.ask = Some(now);
            }
            self.ask_to_attach(now);
        }
    }

    fn move_to_best(&mut self, now: Instant) {
        if !self.paths.choose() {
            return;
        }
        let waiting = !self.control.is_empty() || !self.input.is_empty();
        self.pulse.path_changed(waiting, now);
        self.events.push_back(LineEvent::Moved);
        if self.paths.current().is_some() {
            self.pathless_since = None;
            self.send_again(now);
        } else {
            self.pathless_since = Some(now);
        }
    }

    /// Does what is due.
    ///
    /// # Errors
    /// There has been no path for too long.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<(), SessionError> {
        if self.pathless_since.is_some_and(|since| now >= since + WAIT_PATH) {
            return Err(SessionError::PeerMisbehaved(ErrorCode::PeerLost));
        }
        if let Some((id, _)) = self.paths.current()
            && self.pulse.silent_at().is_some_and(|at| at <= now)
        {
            tracing::info!(path = id.0, "a path has fallen silent");
            self.fall_silent(id, now);
        }
        for id in self.paths.given_up(now) {
            self.close_path(id, now);
        }
        if let Some(id) = self.ladder.overdue(now) {
            self.close_path(id, now);
        }
        self.ask_to_attach(now);
        if self.acks.deadline().is_some_and(|due| due <= now) {
            self.send_acks(now);
        }
        if self.paths.current().is_some() {
            if self.pulse.ping_at().is_some_and(|at| at <= now) {
                let number = self.pulse.ping(now);
                self.send_control(&ControlMessage::Ping { number }, now)?;
            }
            if let Some(path) = self.ladder.next_offer(now) {
                self.out.push_back(PathOutput::Gather { path });
            }
        }
        Ok(())
    }

    fn fall_silent(&mut self, id: PathId, now: Instant) {
        if let Some(path) = self.paths.get_mut(id) {
            path.fall_silent(now);
            if self.side == Side::Customer {
                path.ask = Some(now);
            }
        }
        self.lost_current(now);
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let carried = self.paths.current().is_some();
        let with_path = [self.pulse.silent_at(), self.pulse.ping_at(), self.acks.deadline()].into_iter().flatten();
        let always = [
            self.pathless_since.map(|since| since + WAIT_PATH),
            self.paths.deadline(),
            self.ladder.deadline(carried && self.side == Side::Customer),
        ];
        with_path.filter(|_| carried).chain(always.into_iter().flatten()).min()
    }

    /// The peer's next word.
    pub(crate) fn next_event(&mut self) -> Option<LineEvent> {
        self.events.pop_front()
    }

    /// The next thing to do for the paths.
    pub(crate) fn next_output(&mut self) -> Option<PathOutput> {
        self.out.pop_front()
    }

    /// SHA-256 of the peer's DTLS certificate, as the handshake told it.
    pub(crate) const fn peer_fingerprint(&self) -> [u8; 32] {
        self.peer_fingerprint
    }

    /// What carries the session.
    pub(crate) fn path(&self) -> Option<PathKind> {
        self.paths.current().map(|(_, path)| path.kind)
    }

    /// The round trip, if measured.
    pub(crate) const fn round_trip(&self) -> Option<Duration> {
        self.pulse.round_trip()
    }

    /// Whether the path's buffer holds less than this, so that something may be added which can wait.
    pub(crate) fn has_room(&self, window: usize) -> bool {
        self.paths.current().is_some_and(|(_, path)| path.in_flight() < window)
    }

    /// Whether nearly everything sent has left.
    pub(crate) fn is_drained(&self) -> bool {
        self.paths.current().is_some_and(|(_, path)| path.in_flight() <= NEARLY_EMPTY)
    }

    /// Tells the peer that the session is over, and closes every path.
    pub(crate) fn close(&mut self, reason: EndReason, error: Option<ErrorCode>, now: Instant) {
        if self.send_control(&ControlMessage::Close { reason, error }, now).is_err() {
            tracing::info!("the peer can't be told; the end will show as unexpected there");
        }
        self.send_everywhere();
        self.close_paths();
    }

    /// Closes every path without a word.
    pub(crate) fn close_paths(&mut self) {
        for path in self.paths.ids() {
            self.out.push_back(PathOutput::Close { path });
        }
    }
}
