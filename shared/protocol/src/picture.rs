//! Lane 3: frames of the picture in chunks, and what the viewer answers.
//!
//! What a frame holds is `screen`'s business; here it is bytes, at most [`FRAME_MAX`], cut into chunks that fit a
//! record. Frames are numbered from 1 and applied in order; a missing chunk is asked for again. The viewer says how far
//! chunks have arrived, so that no more of them are under way than the line takes.

use crate::limits::PAYLOAD_MAX;
use crate::wire::{Reader, WireError};

/// Longest frame in bytes: a 4K screen of noise in one piece, with room to spare.
pub const FRAME_MAX: usize = 64 << 20;
/// Bytes before a chunk's share of the frame.
pub const CHUNK_HEADER: usize = 13;
/// Longest share of a frame in one chunk.
pub const CHUNK_MAX: usize = PAYLOAD_MAX - CHUNK_HEADER;
/// Shortest share of a frame in one chunk, but for the last: on a slow line whatever is urgent waits for few bytes.
pub const CHUNK_MIN: usize = 4_000;
/// Most chunks of a frame.
pub const CHUNKS_MAX: u32 = FRAME_MAX.div_ceil(CHUNK_MIN) as u32;

/// One piece of a frame, customer to operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// The frame, counted from 1.
    pub frame: u32,
    /// Which piece, from 0.
    pub index: u32,
    /// How many pieces the frame has.
    pub count: u32,
    /// The piece: at most [`CHUNK_MAX`] bytes, and every piece but the last at least [`CHUNK_MIN`].
    pub bytes: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The record's payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(CHUNK_HEADER + self.bytes.len());
        payload.push(1);
        payload.extend_from_slice(&self.frame.to_be_bytes());
        payload.extend_from_slice(&self.index.to_be_bytes());
        payload.extend_from_slice(&self.count.to_be_bytes());
        payload.extend_from_slice(self.bytes);
        payload
    }

    /// Reads a record's payload.
    ///
    /// # Errors
    /// The payload is no chunk, or its numbers are impossible.
    pub fn decode(payload: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader(payload);
        if reader.u8()? != 1 {
            return Err(WireError::Value("picture message"));
        }
        let (frame, index, count) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let bytes = reader.0;
        if frame == 0 || index >= count || count > CHUNKS_MAX {
            return Err(WireError::Value("chunk number"));
        }
        let least = if index + 1 < count { CHUNK_MIN } else { 1 };
        if !(least..=CHUNK_MAX).contains(&bytes.len()) {
            return Err(WireError::Value("chunk length"));
        }
        Ok(Self { frame, index, count, bytes })
    }
}

/// What the viewer says of the picture, operator to customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feedback {
    /// This frame and all before it are in the framebuffer.
    Shown {
        /// The frame.
        frame: u32,
    },
    /// These pieces of a frame did not arrive; at most [`Feedback::PIECES_MAX`] at once. No piece at all asks for
    /// the whole frame, of which nothing is known but that it must exist.
    Repeat {
        /// The frame.
        frame: u32,
        /// The missing pieces.
        pieces: Vec<u32>,
    },
    /// Start over with a picture that rests on nothing before it.
    Refresh,
    /// The record of lane 3 with this number has arrived, and no later one: those before it have arrived too or are
    /// lost, so none of them is under way any more.
    Arrived {
        /// The record's number on the lane.
        record: u64,
    },
}

impl Feedback {
    /// Most pieces that one message asks for.
    pub const PIECES_MAX: usize = 1_024;

    /// The record's payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        match self {
            Self::Shown { frame } => {
                payload.push(2);
                payload.extend_from_slice(&frame.to_be_bytes());
            }
            Self::Repeat { frame, pieces } => {
                payload.push(3);
                payload.extend_from_slice(&frame.to_be_bytes());
                for piece in pieces.iter().take(Self::PIECES_MAX) {
                    payload.extend_from_slice(&piece.to_be_bytes());
                }
            }
            Self::Refresh => payload.push(4),
            Self::Arrived { record } => {
                payload.push(5);
                payload.extend_from_slice(&record.to_be_bytes());
            }
        }
        payload
    }

    /// Reads a record's payload.
    ///
    /// # Errors
    /// The payload is no feedback or asks for too much.
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader(payload);
        let feedback = match reader.u8()? {
            2 => Self::Shown { frame: reader.u32()? },
            3 => {
                let frame = reader.u32()?;
                if reader.0.len() > 4 * Self::PIECES_MAX {
                    return Err(WireError::Value("piece count"));
                }
                let mut pieces = Vec::new();
                while !reader.0.is_empty() {
                    pieces.push(reader.u32()?);
                }
                Self::Repeat { frame, pieces }
            }
            4 => Self::Refresh,
            5 => Self::Arrived { record: u64::from_be_bytes(reader.array()?) },
            _ => return Err(WireError::Value("picture message")),
        };
        reader.end()?;
        Ok(feedback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn feedback_survives(frame: u32, record: u64, pieces in prop::collection::vec(any::<u32>(), 0..50)) {
            let repeat = Feedback::Repeat { frame, pieces };
            for feedback in [Feedback::Shown { frame }, repeat, Feedback::Refresh, Feedback::Arrived { record }] {
                let payload = feedback.encode();
                prop_assert_eq!(Feedback::decode(&[&payload[..], &[0]].concat()).ok(), None);
                prop_assert_eq!(Feedback::decode(&payload), Ok(feedback));
            }
        }

        #[test]
        fn chunks_survive(frame in 1u32.., count in 1..=CHUNKS_MAX, length in CHUNK_MIN..=CHUNK_MAX) {
            let bytes = vec![7; length];
            let chunk = Chunk { frame, index: count - 1, count, bytes: &bytes };
            let payload = chunk.encode();
            prop_assert_eq!(Chunk::decode(&payload), Ok(chunk));
        }

        #[test]
        fn any_bytes_are_a_picture_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Feedback::decode(&bytes);
            let _ = Chunk::decode(&bytes);
        }
    }

    #[test]
    fn only_the_last_piece_may_be_shorter_than_the_shortest() {
        let bytes = vec![7; CHUNK_MAX + 1];
        let decoded = |index, length| {
            let payload = Chunk { frame: 1, index, count: 2, bytes: &bytes[..length] }.encode();
            Chunk::decode(&payload).map(|chunk| chunk.bytes.len())
        };
        let wrong = Err(WireError::Value("chunk length"));
        for length in [CHUNK_MIN, CHUNK_MAX] {
            assert_eq!((decoded(0, length), decoded(1, length)), (Ok(length), Ok(length)));
        }
        assert_eq!((decoded(0, CHUNK_MIN - 1), decoded(1, 1)), (wrong, Ok(1)));
        assert_eq!((decoded(0, 0), decoded(1, 0)), (wrong, wrong));
        assert_eq!((decoded(0, CHUNK_MAX + 1), decoded(1, CHUNK_MAX + 1)), (wrong, wrong));
    }
}
