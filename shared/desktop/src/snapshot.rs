//! The picture as it was last read.

use beside_screen::{FrameView, Mask, PictureError, PixelFormat, Rect, Size};

/// Bytes of one pixel.
pub(crate) const PIXEL: usize = PixelFormat::Bgrx8888.bytes_per_pixel();

/// A picture of a monitor: rows from the top without gaps, in [`PixelFormat::Bgrx8888`]. It is kept between grabs, so that
/// each has to read only what changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    size: Option<Size>,
    bytes: Vec<u8>,
}

impl Snapshot {
    /// A picture of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The picture, once something was read.
    #[must_use]
    pub fn view(&self) -> Option<FrameView<'_>> {
        FrameView::new(self.size?, self.stride(), &self.bytes).ok()
    }

    /// Its size, once something was read.
    #[must_use]
    pub const fn size(&self) -> Option<Size> {
        self.size
    }

    /// Bytes from one row to the next.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.size.map_or(0, |size| size.width() as usize * PIXEL)
    }

    /// The pixels.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes it this large. Says whether it was not: then nothing that it held counts. For whoever implements
    /// [`ScreenCapture`](crate::ScreenCapture).
    pub fn fit(&mut self, size: Size) -> bool {
        if self.size == Some(size) {
            return false;
        }
        self.size = Some(size);
        self.bytes.clear();
        self.bytes.resize(size.pixels() * PIXEL, 0);
        true
    }

    /// The bytes of one row of `rect`, which must lie inside the picture; `row` counts from its top.
    ///
    /// # Panics
    /// `rect` or `row` lies outside.
    pub fn row_mut(&mut self, rect: Rect, row: u32) -> &mut [u8] {
        let start = (rect.y + row) as usize * self.stride() + rect.x as usize * PIXEL;
        &mut self.bytes[start..start + rect.width as usize * PIXEL]
    }

    /// Blanks what may not be seen.
    pub(crate) fn hide(&mut self, mask: &Mask) -> Result<(), PictureError> {
        let stride = self.stride();
        self.size.map_or(Ok(()), |size| mask.blank(size, stride, &mut self.bytes))
    }
}
