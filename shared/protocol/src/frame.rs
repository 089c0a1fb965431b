//! Binary frames of the signalling socket: the session's id, then bytes that the broker passes on unread.

use crate::ids::SessionId;
use crate::limits::RELAY_FRAME_MAX;
use crate::wire::{Reader, WireError};

/// Builds a frame for `session` around `bytes`.
#[must_use]
pub fn encode(session: SessionId, bytes: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(16 + bytes.len());
    frame.extend_from_slice(&session.0);
    frame.extend_from_slice(bytes);
    frame
}

/// Splits a frame into the session and what was sent to it.
///
/// # Errors
/// The frame is longer than [`RELAY_FRAME_MAX`] or holds no byte after the id.
pub fn decode(frame: &[u8]) -> Result<(SessionId, &[u8]), WireError> {
    if frame.len() > RELAY_FRAME_MAX {
        return Err(WireError::Value("length"));
    }
    let mut reader = Reader(frame);
    let session = SessionId(reader.array()?);
    if reader.0.is_empty() { Err(WireError::Short) } else { Ok((session, reader.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_frame_comes_back_as_it_went(id: [u8; 16], bytes in prop::collection::vec(any::<u8>(), 1..200)) {
            let frame = encode(SessionId(id), &bytes);
            prop_assert_eq!(decode(&frame), Ok((SessionId(id), bytes.as_slice())));
        }
    }

    #[test]
    fn too_long_and_too_short_are_refused() {
        assert!(decode(&vec![0; RELAY_FRAME_MAX + 1]).is_err());
        assert!(decode(&[0; 16]).is_err());
    }
}
