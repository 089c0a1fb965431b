//! The picture as it was last read.

use crate::prelude::{Rect, Size};

/// A picture of a monitor: rows from the top without gaps, four bytes a pixel in the order blue, green, red, unused.
/// It is kept between grabs, so that each has to read only what changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrameBuffer {
    size: Size,
    bytes: Vec<u8>,
}

/// Bytes of one pixel.
pub(crate) const PIXEL: usize = 4;

impl FrameBuffer {
    /// Its size in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Bytes from one row to the next.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.size.width as usize * PIXEL
    }

    /// The pixels.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes it this large. Says whether it was not: then it is black now, and nothing that it held counts.
    pub fn fit(&mut self, size: Size) -> bool {
        if self.size == size {
            return false;
        }
        self.size = size;
        self.bytes.clear();
        self.bytes.resize(size.height as usize * self.stride(), 0);
        true
    }

    /// The bytes of one row of `rect`, which must lie inside the picture; `row` counts from its top.
    pub(crate) fn row_mut(&mut self, rect: Rect, row: u32) -> &mut [u8] {
        let start = (rect.y + row) as usize * self.stride() + rect.x as usize * PIXEL;
        &mut self.bytes[start..start + rect.width as usize * PIXEL]
    }

    /// Makes `rects` black, whatever of them lies inside the picture.
    pub(crate) fn blank(&mut self, rects: &[Rect]) {
        for rect in rects {
            for row in 0..rect.height {
                self.row_mut(*rect, row).fill(0);
            }
        }
    }
}
