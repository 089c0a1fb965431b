//! The customer's half: pieces out, feedback in.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use beside_protocol::ErrorCode;
use beside_protocol::picture::{CHUNK_MAX, Chunk, FRAME_MAX, Feedback};

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
/// Frames below this many bytes say nothing about the rate.
const RATED_MIN: usize = 8 * 1024;
/// Shortest and longest time before the first probe for a lost tail; the wait then doubles, up to the last.
const PROBE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
const PROBE_AGAIN_MAX: Duration = Duration::from_secs(4);

/// What the next frame should be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) budget_bytes: usize,
    pub(crate) fresh: bool,
}

struct Sent {
    number: u32,
    bytes: Vec<u8>,
    count: u32,
    /// The first piece that was never sent.
    next: u32,
    /// Pieces that the viewer misses.
    repeats: BTreeSet<u32>,
    started: Instant,
    /// When the last piece is sent once more for want of an answer, and the wait after that.
    probe: Option<(Instant, Duration)>,
}

impl Sent {
    fn piece(&self, index: u32) -> Vec<u8> {
        let start = index as usize * CHUNK_MAX;
        let end = (start + CHUNK_MAX).min(self.bytes.len());
        Chunk { frame: self.number, index, count: self.count, bytes: &self.bytes[start..end] }.encode()
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
            rate: FIRST_RATE,
            round_trip: Duration::from_millis(50),
        }
    }

    /// The right to see has ended or begins anew: what was on its way is forgotten and the next frame rests on nothing.
    /// The viewer falls into step with the first frame after it.
    pub(crate) fn restart(&mut self) {
        self.frames.clear();
        self.in_step_from = self.next;
        self.asked = false;
        self.fresh = true;
    }

    /// Another path carries the session: how much must be measured again.
    pub(crate) const fn path_changed(&mut self) {
        self.rate = FIRST_RATE;
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
        let count = bytes.len().div_ceil(CHUNK_MAX) as u32;
        let number = self.next;
        self.next += 1;
        self.frames.push_back(Sent {
            number,
            bytes,
            count,
            next: 0,
            repeats: BTreeSet::new(),
            started: now,
            probe: None,
        });
    }

    /// Asks for the next frame if nothing is left to send, the line has taken it all and the viewer keeps up.
    pub(crate) fn want(&mut self, line_empty: bool) -> Option<Want> {
        let in_step = self.frames.front().is_none_or(|oldest| oldest.number > self.in_step_from);
        let credit = if in_step { CREDIT } else { 1 };
        if self.asked || !line_empty || self.frames.len() >= credit || !self.frames.iter().all(Sent::is_out) {
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

    /// The next payload to send: what is missed first, then what is new, then a probe for a lost tail.
    pub(crate) fn next_piece(&mut self, now: Instant) -> Option<Vec<u8>> {
        let round_trip = self.round_trip;
        for frame in &mut self.frames {
            let index = if let Some(index) = frame.repeats.pop_first() {
                index
            } else if frame.next < frame.count {
                frame.next += 1;
                frame.next - 1
            } else {
                continue;
            };
            if frame.is_out() {
                let wait = (2 * round_trip).clamp(PROBE.0, PROBE.1);
                frame.probe = Some((now + wait, wait));
            }
            return Some(frame.piece(index));
        }
        let oldest = self.frames.front_mut()?;
        let (due, wait) = oldest.probe?;
        if now < due {
            return None;
        }
        let wait = (2 * wait).min(PROBE_AGAIN_MAX);
        oldest.probe = Some((now + wait, wait));
        Some(oldest.piece(oldest.count - 1))
    }

    /// When a probe is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let oldest = self.frames.front()?;
        if oldest.is_out() { oldest.probe.map(|(due, _)| due) } else { None }
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
            self.measure(frame.bytes.len(), now - frame.started);
        }
        Ok(())
    }

    fn measure(&mut self, bytes: usize, took: Duration) {
        if bytes < RATED_MIN {
            return;
        }
        let on_the_line = took.saturating_sub(self.round_trip).max(Duration::from_millis(1));
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
