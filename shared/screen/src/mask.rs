//! What the other side must not see: blanked in the captured pixels, before anything else touches them.

use crate::frame_view::bytes_needed;
use crate::{Damage, PictureError, Rect, Size};

/// Rectangles that are blanked: Beside's own windows, and windows that the customer marked. When there are more than
/// [`Damage::MAX`], neighbours become one, so more is hidden, never less.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mask {
    hidden: Damage,
}

impl Mask {
    /// What a hidden pixel looks like, in blue, green, red and padding: a plain grey that no theme mistakes for content.
    pub const BLANK: [u8; 4] = [0x80, 0x80, 0x80, 0];

    /// Hides nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Hides one more rectangle. It may reach beyond the picture.
    pub fn hide(&mut self, rect: Rect) {
        self.hidden.add(rect);
    }

    /// The rectangles.
    #[must_use]
    pub fn rects(&self) -> &[Rect] {
        self.hidden.rects()
    }

    /// Blanks the rectangles in captured BGRX rows.
    ///
    /// # Errors
    /// The rows are too short, or the bytes too few. Then nothing may be sent of them.
    pub fn blank(&self, size: Size, stride: usize, bytes: &mut [u8]) -> Result<(), PictureError> {
        if bytes.len() < bytes_needed(size, stride)? {
            return Err(PictureError::Rows);
        }
        for rect in self.hidden.within(size.rect()) {
            for y in rect.y..rect.bottom() {
                let start = y as usize * stride + rect.x as usize * 4;
                for pixel in bytes[start..start + rect.width as usize * 4].chunks_exact_mut(4) {
                    pixel.copy_from_slice(&Self::BLANK);
                }
            }
        }
        Ok(())
    }

    /// What must be looked at again when the mask before was another one. The system reports no damage where a window
    /// was only marked or unmarked.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Damage {
        let mut damage = Damage::none();
        if self != before {
            damage.union(&self.hidden);
            damage.union(&before.hidden);
        }
        damage
    }
}
