//! Captured pixels, as the operating system gives them.

use crate::{PictureError, Rect, Size};

/// How a captured pixel is laid out in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelFormat {
    /// Blue, green, red and a byte without meaning: an X11 ZPixmap of 32 bits per pixel, a Windows DIB, a `CGImage`.
    Bgrx8888,
}

impl PixelFormat {
    /// Bytes of one pixel.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Bgrx8888 => 4,
        }
    }
}

/// A captured picture, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct FrameView<'a> {
    size: Size,
    stride: usize,
    bytes: &'a [u8],
}

impl<'a> FrameView<'a> {
    /// A picture whose rows start `stride` bytes apart, in [`PixelFormat::Bgrx8888`]. The last row may end with its pixels.
    ///
    /// # Errors
    /// The rows are too short, or the bytes too few.
    pub fn new(size: Size, stride: usize, bytes: &'a [u8]) -> Result<Self, PictureError> {
        if bytes.len() < bytes_needed(size, stride)? {
            return Err(PictureError::Rows);
        }
        Ok(Self { size, stride, bytes })
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The bytes of one row of a rectangle inside the picture.
    pub(crate) fn row(&self, rect: Rect, y: u32) -> &'a [u8] {
        let pixel = PixelFormat::Bgrx8888.bytes_per_pixel();
        let start = y as usize * self.stride + rect.x as usize * pixel;
        &self.bytes[start..start + rect.width as usize * pixel]
    }
}

/// How many bytes a picture with such rows has at least.
pub(crate) fn bytes_needed(size: Size, stride: usize) -> Result<usize, PictureError> {
    let row = size.width() as usize * PixelFormat::Bgrx8888.bytes_per_pixel();
    if stride < row {
        return Err(PictureError::Rows);
    }
    (size.height() as usize - 1).checked_mul(stride).and_then(|rows| rows.checked_add(row)).ok_or(PictureError::Rows)
}
