//! The bytes of a frame: a header, operations, and one run of packed pixels. See `docs/protocol-picture.md`.
//!
//! Reading checks everything that can be checked without decoding a pixel, so that whoever applies a frame can trust every
//! rectangle in it. Integers are big-endian.

mod read;
mod write;

pub(crate) use read::{Frame, Operation};
pub(crate) use write::FrameWriter;

use crate::Rect;

/// The format described here.
pub(crate) const VERSION: u8 = 1;
/// Most operations of a frame.
pub(crate) const OPERATIONS_MAX: usize = 16_384;
/// Most colours of a frame's palette.
pub(crate) const PALETTE_MAX: usize = 256;
/// How many times over the operations of one frame may paint the picture. A frame that asks for more work is refused.
pub(crate) const PAINT_MAX: u64 = 4;
/// Bytes before the first operation.
pub(crate) const HEADER: usize = 10;

/// The picture starts over: nothing from before counts.
pub(crate) const STARTS_OVER: u8 = 1;
/// After this frame the viewer has the very pixels that were captured.
pub(crate) const EXACT: u8 = 1 << 1;
/// The pixels are stored as they are instead of compressed.
pub(crate) const STORED: u8 = 1 << 2;

pub(crate) const COPY: u8 = 1;
pub(crate) const FILL: u8 = 2;
pub(crate) const LOSSLESS: u8 = 3;
pub(crate) const PHOTO: u8 = 4;
pub(crate) const POINTER_SHAPE: u8 = 5;

/// How the pixels of a lossless rectangle are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Blue, green and red of every pixel.
    Raw,
    /// The number of its colour in the frame's palette.
    Palette,
    /// What a prediction from the neighbours got wrong, channel by channel.
    Filtered,
}

impl Coding {
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Raw => 0,
            Self::Palette => 1,
            Self::Filtered => 2,
        }
    }

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Raw, Self::Palette, Self::Filtered].into_iter().find(|coding| coding.byte() == byte)
    }

    /// Bytes of such a rectangle before compression.
    pub(crate) fn bytes(self, rect: Rect) -> usize {
        let pixels = rect.width as usize * rect.height as usize;
        match self {
            Self::Raw | Self::Filtered => 3 * pixels,
            Self::Palette => pixels,
        }
    }
}
