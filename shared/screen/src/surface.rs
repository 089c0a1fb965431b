//! A picture on the encoder's side: one `0x00RRGGBB` per pixel.

use crate::{Rect, Size};

/// Stands in a picture for a pixel of which nobody knows what the viewer shows. It equals no captured pixel, because those
/// have a zero in the top byte: so such a pixel always differs, and is never found as the source of a copy.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// Rows of pixels without gaps.
pub(crate) struct Surface {
    width: usize,
    pixels: Vec<u32>,
}

impl Surface {
    pub(crate) fn new(size: Size) -> Self {
        Self { width: size.width() as usize, pixels: vec![UNKNOWN; size.pixels()] }
    }

    fn range(&self, rect: Rect, y: u32) -> std::ops::Range<usize> {
        let start = y as usize * self.width + rect.x as usize;
        start..start + rect.width as usize
    }

    /// One row of a rectangle inside the picture.
    pub(crate) fn row(&self, rect: Rect, y: u32) -> &[u32] {
        &self.pixels[self.range(rect, y)]
    }

    pub(crate) fn row_mut(&mut self, rect: Rect, y: u32) -> &mut [u32] {
        let range = self.range(rect, y);
        &mut self.pixels[range]
    }

    pub(crate) fn fill(&mut self, rect: Rect, pixel: u32) {
        for y in rect.y..rect.bottom() {
            self.row_mut(rect, y).fill(pixel);
        }
    }

    /// Takes over a rectangle of another picture of the same size.
    pub(crate) fn take_over(&mut self, other: &Self, rect: Rect) {
        for y in rect.y..rect.bottom() {
            self.row_mut(rect, y).copy_from_slice(other.row(rect, y));
        }
    }

    /// Copies the pixels at `from` to the rectangle as if through a third place, so that both may overlap.
    pub(crate) fn copy(&mut self, rect: Rect, from: (u32, u32)) {
        let mut copy_row = |row: u32| {
            let source = self.range(Rect { x: from.0, y: from.1, ..rect }, from.1 + row);
            let target = self.range(rect, rect.y + row).start;
            self.pixels.copy_within(source, target);
        };
        if from.1 < rect.y {
            (0..rect.height).rev().for_each(&mut copy_row);
        } else {
            (0..rect.height).for_each(&mut copy_row);
        }
    }

    /// The smallest rectangle around the pixels of `rect` that differ from the other picture's.
    pub(crate) fn difference(&self, other: &Self, rect: Rect) -> Option<Rect> {
        let (mut left, mut right) = (rect.width as usize, 0);
        let (mut top, mut bottom) = (None, rect.y);
        for y in rect.y..rect.bottom() {
            let (mine, theirs) = (self.row(rect, y), other.row(rect, y));
            if mine == theirs {
                continue;
            }
            top = top.or(Some(y));
            bottom = y + 1;
            let differs = |x: &usize| mine[*x] != theirs[*x];
            left = (0..left).find(differs).unwrap_or(left);
            right = (right..mine.len()).rfind(differs).map_or(right, |x| x + 1);
        }
        top.map(|top| Rect::from_corners(rect.x + left as u32, top, rect.x + right as u32, bottom))
    }
}
