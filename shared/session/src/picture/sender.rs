//! The customer's half: pieces out, feedback in.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use beside_protocol::ErrorCode;
use beside_protocol::path::PathKind;
use beside_protocol::picture::{CHUNK_MIN, Chunk, FRAME_MAX, Feedback};

use super::pace::Pace;
use crate::WINDOW;
use crate::error::SessionError;

/// Most frames that the viewer has not acknowledged.
const CREDIT: usize = 2;
/// How long a frame is expected to occupy the line: what fits into it may be coded without loss.
const FRAME_TIME: Duration = Duration::from_millis(30);
/// How long what waits in the path's buffer may take to leave, and the least that is put there.
const BUFFERED: Duration = Duration::from_millis(40);
const WINDOW_MIN: usize = 32 << 10;
/// Bounds of a frame's budget, in bytes.
const BUDGET: (f64, f64) = (16.0 * 1024.0, 1024.0 * 1024.0);
/// Bytes per second that a line is taken for before anything was measured on it.
const FIRST_RATE: f64 = 2_000_000.0;
/// What a round trip is taken for before one was measured: a probe that comes too early fills a slow line further.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(500);
/// Frames below this many bytes say nothing about the rate.
const RATED_MIN: usize = 8 * 1024;
/// Shortest and longest time without an answer before the first probe for what was lost; the wait then doubles, up to
/// the last.
const PROBE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
const PROBE_AGAIN_MAX: Duration = Duration::from_secs(4);

/// What the next frame should be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) budget_bytes: usize,
    pub(crate) fresh: bool,
}

/// A payload to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) payload: Vec<u8>,
    /// The frame that it is of.
    frame: u32,
}

struct Sent {
    number: u32,
    bytes: Vec<u8>,
    /// Length of every piece but the last.
    length: usize,
    count: u32,
    /// The first piece that was never sent.
    next: u32,
    /// Pieces that the viewer misses.
    repeats: BTreeSet<u32>,
    started: Instant,
}

impl Sent {
    fn piece(&self, index: u32) -> Piece {
        let start = index as usize * self.length;
        let end = (start + self.length).min(self.bytes.len());
        let chunk = Chunk { frame: self.number, index, count: self.count, bytes: &self.bytes[start..end] };
        Piece { payload: chunk.encode(), frame: self.number }
    }

    /// The next piece: what is missed first, then what is new.
    fn next_piece(&mut self) -> Option<Piece> {
        let index = self.repeats.pop_first().or_else(|| {
            let new = self.next;
            self.next = (new + 1).min(self.count);
            (new < self.count).then_some(new)
        })?;
        Some(self.piece(index))
    }

    fn is_out(&self) -> bool {
        self.next == self.count && self.repeats.is_empty()
    }
}

/// The frames on their way to the viewer.
pub(crate) struct PictureOut {
    /// The number of the next frame.
    next: u32,
    /// Unacknowledged frames, oldest first; at most [`CREDIT`].
    frames: VecDeque<Sent>,
    /// The viewer is in step once it has shown this frame; until then it gets one at a time.
    in_step_from: u32,
    /// A frame was asked for and has not come.
    asked: bool,
    fresh: bool,
    pace: Pace,
    /// When a piece is sent for want of an answer, whatever is under way, and the wait before that.
    probe: Option<(Instant, Duration)>,
    rate: f64,
    round_trip: Duration,
}

impl PictureOut {
    /// Nothing sent yet; the first frame rests on nothing.
    pub(crate) const fn new() -> Self {
        Self {
            next: 1,
            frames: VecDeque::new(),
            in_step_from: 1,
            asked: false,
            fresh: true,
            pace: Pace::new(),
            probe: None,
            rate: FIRST_RATE,
            round_trip: FIRST_ROUND_TRIP,
        }
    }

    /// The right to see has ended or begins anew: what was on its way is forgotten and the next frame rests on nothing.
    /// The viewer falls into step with the first frame after it.
    pub(crate) fn restart(&mut self) {
        self.frames.clear();
        self.probe = None;
        self.in_step_from = self.next;
        self.asked = false;
        self.fresh = true;
    }

    /// Another path carries the session: how much must be measured again.
    pub(crate) fn path_changed(&mut self, kind: Option<PathKind>) {
        self.rate = FIRST_RATE;
        self.pace.path_changed(kind);
    }

    pub(crate) const fn set_round_trip(&mut self, round_trip: Duration) {
        self.round_trip = round_trip;
    }

    /// Takes the frame that was asked for. One that can't be used leaves a hole in what later ones rest on, so the next
    /// must be fresh.
    pub(crate) fn put(&mut self, bytes: Vec<u8>, fresh: bool, now: Instant) {
        let fits = (1..=FRAME_MAX).contains(&bytes.len());
        if !self.asked || !fits {
            self.fresh = true;
            self.asked = false;
            return;
        }
        if self.fresh && !fresh {
            return;
        }
        self.asked = false;
        self.fresh = false;
        let length = self.pace.piece_length();
        let count = bytes.len().div_ceil(length) as u32;
        let number = self.next;
        self.next += 1;
        self.frames.push_back(Sent { number, bytes, length, count, next: 0, repeats: BTreeSet::new(), started: now });
        if self.probe.is_none() {
            self.expect_answer(now);
        }
    }

    /// Asks for the next frame if nothing is left to send, the line has taken it all, more may be under way and the
    /// viewer keeps up.
    pub(crate) fn want(&mut self, line_empty: bool) -> Option<Want> {
        let in_step = self.frames.front().is_none_or(|oldest| oldest.number > self.in_step_from);
        let credit = if in_step { CREDIT } else { 1 };
        let room = self.frames.is_empty() || self.pace.has_room();
        if self.asked || !line_empty || !room || self.frames.len() >= credit || !self.frames.iter().all(Sent::is_out) {
            return None;
        }
        self.asked = true;
        let budget = (self.rate * FRAME_TIME.as_secs_f64()).clamp(BUDGET.0, BUDGET.1);
        Some(Want { budget_bytes: budget as usize, fresh: self.fresh })
    }

    /// Bytes of the path's buffer that the picture may fill: what leaves within a moment, so that whatever is more
    /// urgent does not wait long behind it.
    pub(crate) fn window(&self) -> usize {
        let moment = self.rate * BUFFERED.as_secs_f64();
        moment.clamp(WINDOW_MIN as f64, WINDOW as f64) as usize
    }

    /// The next piece to send, as far as more may be under way; or, where no answer comes, a piece that brings one.
    pub(crate) fn next_piece(&mut self, now: Instant) -> Option<Piece> {
        if self.pace.has_room()
            && let Some(piece) = self.frames.iter_mut().find_map(Sent::next_piece)
        {
            self.expect_answer(now);
            return Some(piece);
        }
        let (due, wait) = self.probe?;
        let oldest = self.frames.front()?;
        if now < due {
            return None;
        }
        let last = oldest.piece(oldest.count - 1);
        let wait = (2 * wait).min(PROBE_AGAIN_MAX);
        self.probe = Some((now + wait, wait));
        self.frames.iter_mut().find_map(Sent::next_piece).or(Some(last))
    }

    /// The piece left in the record of this number.
    pub(crate) fn sent(&mut self, piece: &Piece, record: u64, now: Instant) {
        self.pace.sent(record, piece.frame, piece.payload.len(), now);
    }

    fn expect_answer(&mut self, now: Instant) {
        let wait = (2 * self.round_trip).clamp(PROBE.0, PROBE.1);
        self.probe = Some((now + wait, wait));
    }

    /// When a probe is due. While pieces may be sent none is.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let stands = !self.pace.has_room() || self.frames.iter().all(Sent::is_out);
        self.probe.filter(|_| stands && !self.frames.is_empty()).map(|(due, _)| due)
    }

    /// Takes what the viewer says.
    ///
    /// # Errors
    /// The viewer speaks of a frame that it can't have.
    pub(crate) fn feedback(&mut self, feedback: &Feedback, now: Instant) -> Result<(), SessionError> {
        match feedback {
            Feedback::Shown { frame } => self.shown(*frame, now),
            Feedback::Repeat { frame, pieces } => self.repeat(*frame, pieces),
            Feedback::Refresh => {
                self.fresh = true;
                // A frame that is being made may still rest on what the viewer lost; the next wish says "fresh".
                self.asked = false;
                Ok(())
            }
            Feedback::Arrived { record } => {
                // Only a "shown", or something new to wait for, ends the doubling: a viewer that sleeps answers probes.
                if self.pace.arrived(*record, now)?
                    && let Some((due, wait)) = &mut self.probe
                {
                    *due = now + *wait;
                }
                Ok(())
            }
        }
    }

    fn shown(&mut self, number: u32, now: Instant) -> Result<(), SessionError> {
        if number >= self.next {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
        }
        while let Some(frame) = self.frames.pop_front_if(|frame| frame.number <= number) {
            if frame.next < frame.count {
                return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
            }
            self.measure(&frame, now - frame.started);
            self.expect_answer(now);
        }
        self.pace.shown(number);
        Ok(())
    }

    fn measure(&mut self, frame: &Sent, took: Duration) {
        if frame.bytes.len() < RATED_MIN {
            return;
        }
        // The answers to pings wait behind the picture; the fastest piece did not. Its own time on the line, which
        // counts on slow lines, where pieces are short, is in its round trip: the others account for the rest.
        let (bytes, round_trip) = match self.pace.round_trip() {
            Some(shortest) if frame.count > 1 => (frame.bytes.len() - CHUNK_MIN, shortest),
            Some(_) | None => (frame.bytes.len(), self.round_trip),
        };
        let on_the_line = took.saturating_sub(round_trip).max(Duration::from_millis(1));
        let seen = bytes as f64 / on_the_line.as_secs_f64();
        self.rate += (seen - self.rate) / 4.0;
    }

    fn repeat(&mut self, number: u32, pieces: &[u32]) -> Result<(), SessionError> {
        if number >= self.next {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
        }
        let Some(frame) = self.frames.iter_mut().find(|frame| frame.number == number) else {
            return Ok(());
        };
        let sent = frame.next;
        if pieces.is_empty() {
            frame.repeats.extend(0..sent);
        } else {
            frame.repeats.extend(pieces.iter().copied().filter(|piece| *piece < sent));
        }
        Ok(())
    }
}
