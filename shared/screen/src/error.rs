//! What can be wrong with a picture, and whose fault it is.

use thiserror::Error;

/// Pixels or bytes that are no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PictureError {
    /// A width or height of nothing, or more than [`Size`](crate::Size) allows. The caller, or the peer in a frame.
    #[error("a picture of {width}×{height} is not allowed")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Captured rows do not hold the pixels they should. The caller is to blame.
    #[error("the rows are too short for the picture")]
    Rows,
    /// A pointer shape larger than allowed, or whose pixels do not fit its size.
    #[error("the pointer shape is impossible")]
    PointerShape,
    /// The peer's frame has a version that this program does not know.
    #[error("frame format {0} is unknown")]
    Version(u8),
    /// The peer's frame ends too early.
    #[error("frame is cut short")]
    Short,
    /// A field of the peer's frame holds a value that the format does not allow.
    #[error("frame has an impossible {0}")]
    Value(&'static str),
    /// The peer's frame changes a picture that was never begun, or one of another size.
    #[error("frame does not follow from the picture so far")]
    OutOfStep,
    /// Compressed pixels of the peer's frame do not decompress to what the operations need.
    #[error("compressed pixels are damaged")]
    Pixels,
    /// A photograph in the peer's frame does not decode.
    #[error("photograph is damaged")]
    Photo,
}
