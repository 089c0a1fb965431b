//! Lane 2: where the customer's own pointer is. Its shape travels with the picture, which names it by number.

use crate::wire::{Reader, WireError};

/// The pointer of the shared monitor. A record with a lower number than the last is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointerState {
    /// Counts up with every change.
    pub number: u32,
    /// Pixels from the left of the shared monitor; may lie outside it.
    pub x: i32,
    /// Pixels from the top.
    pub y: i32,
    /// The shape last sent with the picture, or 0 while the pointer is hidden or on another monitor.
    pub shape: u32,
}

impl PointerState {
    /// The 16 bytes on the wire.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16);
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.x.to_be_bytes());
        bytes.extend_from_slice(&self.y.to_be_bytes());
        bytes.extend_from_slice(&self.shape.to_be_bytes());
        bytes
    }

    /// Reads a record's payload.
    ///
    /// # Errors
    /// The payload is not 16 bytes long.
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader(payload);
        let state = Self { number: reader.u32()?, x: reader.i32()?, y: reader.i32()?, shape: reader.u32()? };
        reader.end()?;
        Ok(state)
    }
}
