//! The operator's half: pieces in, whole frames and feedback out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use beside_protocol::ErrorCode;
use beside_protocol::picture::{CHUNK_MIN, Chunk, FRAME_MAX, Feedback};

use crate::error::SessionError;

/// How far ahead of the viewer an honest sender gets.
const AHEAD: u32 = 2;
/// How long a gap may be mere disorder before its pieces are asked for.
const DISORDER: Duration = Duration::from_millis(30);
/// Shortest time after which pieces that were asked for are asked for again.
const ASK_AGAIN_MIN: Duration = Duration::from_millis(150);
/// Pieces after which the sender is told at once that they have arrived, and how long fewer wait for company.
const ARRIVED_EVERY: u32 = 4;
const ARRIVED_DELAY: Duration = Duration::from_millis(20);

struct Arriving {
    /// Pieces by index. Storage grows with what arrives, not with what is announced.
    pieces: BTreeMap<u32, Box<[u8]>>,
    count: u32,
    bytes: usize,
    /// When the pieces missing below the highest are asked for.
    ask: Option<Instant>,
}

impl Arriving {
    const fn new(count: u32) -> Self {
        Self { pieces: BTreeMap::new(), count, bytes: 0, ask: None }
    }

    fn is_whole(&self) -> bool {
        self.count > 0 && self.pieces.len() == self.count as usize
    }

    /// Whether a piece is missing below one that has arrived.
    fn has_gap(&self) -> bool {
        self.pieces.last_key_value().is_some_and(|(highest, _)| *highest as usize >= self.pieces.len())
    }

    /// Pieces that must be missing, since one after them has arrived. `all`: a later frame has.
    fn missing(&self, all: bool) -> Vec<u32> {
        let end = if all { self.count } else { self.pieces.last_key_value().map_or(0, |(index, _)| *index) };
        (0..end).filter(|index| !self.pieces.contains_key(index)).take(Feedback::PIECES_MAX).collect()
    }
}

/// The frames on their way from the customer.
pub(crate) struct PictureIn {
    /// The right to see is there, as far as this side knows.
    open: bool,
    /// The first frame since then has not come, so its number is not known: the highest seen counts.
    out_of_step: bool,
    /// The last frame given to the viewer, and the last that is in the framebuffer.
    handed: u32,
    applied: u32,
    /// Frames after `handed`; at most [`AHEAD`].
    frames: BTreeMap<u32, Arriving>,
    /// The last word on what is shown must be said, perhaps once more.
    say_shown: bool,
    say_refresh: bool,
    /// The newest record that brought a piece, how many did since the sender was told, and when it must be.
    newest: u64,
    unsaid: u32,
    say_arrived: Option<Instant>,
    round_trip: Duration,
}

impl PictureIn {
    /// Closed: nothing is taken before the right to see is there.
    pub(crate) const fn new() -> Self {
        Self {
            open: false,
            out_of_step: true,
            handed: 0,
            applied: 0,
            frames: BTreeMap::new(),
            say_shown: false,
            say_refresh: false,
            newest: 0,
            unsaid: 0,
            say_arrived: None,
            round_trip: Duration::from_millis(50),
        }
    }

    /// The right to see is there. If it was not, falls into step with the first whole frame from here on; if it was, it
    /// only lasts longer and the picture goes on.
    pub(crate) fn open(&mut self) {
        if !self.open {
            self.open = true;
            self.out_of_step = true;
            self.frames.clear();
        }
    }

    /// The right to see has ended: what is on its way is not taken.
    pub(crate) fn close(&mut self) {
        self.open = false;
        self.frames.clear();
    }

    pub(crate) const fn set_round_trip(&mut self, round_trip: Duration) {
        self.round_trip = round_trip;
    }

    /// Takes a piece, which came in the record of this number.
    ///
    /// # Errors
    /// The sender contradicts itself or is further ahead than it may be.
    pub(crate) fn piece(&mut self, chunk: &Chunk<'_>, record: u64, now: Instant) -> Result<(), SessionError> {
        self.note_arrival(chunk, record, now);
        if !self.open {
            return Ok(());
        }
        if chunk.frame <= self.handed {
            // A probe for a frame that is shown already: the word on it was lost.
            self.say_shown |= chunk.frame <= self.applied;
            return Ok(());
        }
        if self.out_of_step {
            let latest = self.frames.last_key_value().map_or(0, |(number, _)| *number);
            if chunk.frame < latest {
                return Ok(());
            }
            self.frames.retain(|number, _| *number == chunk.frame);
        } else if chunk.frame > self.applied + AHEAD {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected));
        }
        self.store(chunk)?;
        self.note_gaps(now);
        Ok(())
    }

    /// Wanted or not, it is not under way any more. A tiny frame needs no word but "shown".
    fn note_arrival(&mut self, chunk: &Chunk<'_>, record: u64, now: Instant) {
        self.newest = self.newest.max(record);
        if chunk.count > 1 || chunk.bytes.len() >= CHUNK_MIN {
            self.unsaid += 1;
            let due = if self.unsaid >= ARRIVED_EVERY { now } else { now + ARRIVED_DELAY };
            self.say_arrived = Some(self.say_arrived.map_or(due, |earlier| earlier.min(due)));
        }
    }

    fn store(&mut self, chunk: &Chunk<'_>) -> Result<(), SessionError> {
        let frame = self.frames.entry(chunk.frame).or_insert_with(|| Arriving::new(chunk.count));
        if frame.count == 0 {
            frame.count = chunk.count;
        }
        if frame.count != chunk.count {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageMalformed));
        }
        if frame.pieces.contains_key(&chunk.index) {
            return Ok(());
        }
        frame.bytes += chunk.bytes.len();
        if frame.bytes > FRAME_MAX {
            return Err(SessionError::PeerMisbehaved(ErrorCode::MessageMalformed));
        }
        frame.pieces.insert(chunk.index, chunk.bytes.into());
        Ok(())
    }

    fn note_gaps(&mut self, now: Instant) {
        let Some(latest) = self.frames.last_key_value().map(|(number, _)| *number) else { return };
        if !self.out_of_step {
            for number in self.handed + 1..latest {
                // Nothing of it has arrived, but it must exist.
                self.frames.entry(number).or_insert_with(|| Arriving::new(0));
            }
        }
        for (number, frame) in &mut self.frames {
            let gap = frame.has_gap() || (*number < latest && !frame.is_whole());
            frame.ask = if gap { frame.ask.or(Some(now + DISORDER)) } else { None };
        }
    }

    /// The next whole frame in order.
    pub(crate) fn next_frame(&mut self) -> Option<(u32, Vec<u8>)> {
        let (number, frame) = self.frames.first_key_value()?;
        if !frame.is_whole() || (!self.out_of_step && *number != self.handed + 1) {
            return None;
        }
        let (number, frame) = self.frames.pop_first()?;
        if std::mem::take(&mut self.out_of_step) {
            // Earlier frames will never be shown; the sender's count goes on from this one.
            self.applied = number - 1;
        }
        self.handed = number;
        let bytes = frame.pieces.into_values().flatten().collect();
        Some((number, bytes))
    }

    /// The viewer has this frame in its framebuffer. A number that was never given is ignored.
    pub(crate) fn applied(&mut self, number: u32) {
        if number <= self.handed && number > self.applied {
            self.applied = number;
            self.say_shown = true;
        }
    }

    /// The viewer needs a frame that rests on nothing.
    pub(crate) const fn refresh(&mut self) {
        self.say_refresh = true;
    }

    /// What to tell the sender now.
    pub(crate) fn next_feedback(&mut self, now: Instant) -> Option<Feedback> {
        if std::mem::take(&mut self.say_shown) {
            return Some(Feedback::Shown { frame: self.applied });
        }
        if std::mem::take(&mut self.say_refresh) {
            return Some(Feedback::Refresh);
        }
        if self.say_arrived.is_some_and(|due| due <= now) {
            self.say_arrived = None;
            self.unsaid = 0;
            return Some(Feedback::Arrived { record: self.newest });
        }
        let ask_again = now + (2 * self.round_trip).max(ASK_AGAIN_MIN);
        let latest = *self.frames.last_key_value()?.0;
        for (number, frame) in &mut self.frames {
            if frame.ask.is_some_and(|due| due <= now) {
                frame.ask = Some(ask_again);
                // With no piece at hand not even the number of pieces is known: an empty list asks for all.
                return Some(Feedback::Repeat { frame: *number, pieces: frame.missing(*number < latest) });
            }
        }
        None
    }

    /// When pieces must be asked for, or the sender told of those that arrived.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.frames.values().filter_map(|frame| frame.ask).chain(self.say_arrived).min()
    }
}
