//! Lane 3: frames of the picture in chunks, and what the viewer answers.
//!
//! What a frame holds is `screen`'s business; here it is bytes, at most [`FRAME_MAX`], cut into chunks that fit a
//! record. Frames are numbered from 1 and applied in order; a missing chunk is asked for again.

use crate::limits::PAYLOAD_MAX;
use crate::wire::{Reader, WireError};

/// Longest frame in bytes: a 4K screen of noise in one piece, with room to spare.
pub const FRAME_MAX: usize = 64 << 20;
/// Bytes before a chunk's share of the frame.
pub const CHUNK_HEADER: usize = 13;
/// Longest share of a frame in one chunk.
pub const CHUNK_MAX: usize = PAYLOAD_MAX - CHUNK_HEADER;

/// One piece of a frame, customer to operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// The frame, counted from 1.
    pub frame: u32,
    /// Which piece, from 0.
    pub index: u32,
    /// How many pieces the frame has.
    pub count: u32,
    /// The piece; every piece but the last is [`CHUNK_MAX`] bytes long.
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
        let whole = index + 1 < count;
        if frame == 0 || index >= count || count as usize > FRAME_MAX.div_ceil(CHUNK_MAX) {
            return Err(WireError::Value("chunk number"));
        }
        if bytes.is_empty() || bytes.len() > CHUNK_MAX || (whole && bytes.len() != CHUNK_MAX) {
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
        fn feedback_survives(frame: u32, pieces in prop::collection::vec(any::<u32>(), 0..50)) {
            for feedback in [Feedback::Shown { frame }, Feedback::Repeat { frame, pieces: pieces.clone() }, Feedback::Refresh] {
                prop_assert_eq!(Feedback::decode(&feedback.encode()), Ok(feedback));
            }
        }

        #[test]
        fn any_bytes_are_a_picture_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Feedback::decode(&bytes);
            let _ = Chunk::decode(&bytes);
        }
    }

    #[test]
    fn a_piece_in_the_middle_is_full() {
        let bytes = vec![7; CHUNK_MAX];
        let chunk = Chunk { frame: 1, index: 0, count: 2, bytes: &bytes };
        assert_eq!(Chunk::decode(&chunk.encode()), Ok(chunk));
        let short = Chunk { bytes: &bytes[1..], ..chunk };
        assert_eq!(Chunk::decode(&short.encode()), Err(WireError::Value("chunk length")));
    }
}
