//! The shape of the customer's pointer. Where it is travels apart from the picture.

use crate::PictureError;

/// What the pointer looks like. A shape that looks different has a different number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointerShape {
    id: u32,
    hot_x: u16,
    hot_y: u16,
    width: u16,
    height: u16,
    rgba: Vec<u8>,
}

impl PointerShape {
    /// Longest side in pixels.
    pub const SIDE_MAX: u16 = 256;

    /// A shape of `width`×`height` pixels of red, green, blue and opacity (not premultiplied), which points with the
    /// pixel at `hot`. The number is not 0, which stands for a hidden pointer.
    ///
    /// # Errors
    /// A side is zero or too long, the hot spot is outside, the number is 0, or the pixels do not fit the size.
    pub fn new(id: u32, hot: (u16, u16), width: u16, height: u16, rgba: Vec<u8>) -> Result<Self, PictureError> {
        let sides = 1..=Self::SIDE_MAX;
        let fits = sides.contains(&width) && sides.contains(&height) && hot.0 < width && hot.1 < height;
        if id == 0 || !fits || rgba.len() != 4 * usize::from(width) * usize::from(height) {
            return Err(PictureError::PointerShape);
        }
        Ok(Self { id, hot_x: hot.0, hot_y: hot.1, width, height, rgba })
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The pixel that points, from the left and from the top.
    #[must_use]
    pub fn hot(&self) -> (u16, u16) {
        (self.hot_x, self.hot_y)
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// Rows of red, green, blue and opacity.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }
}
