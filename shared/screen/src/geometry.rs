//! Sizes and rectangles in pixels, whose arithmetic cannot overflow.

use crate::PictureError;

/// The size of a picture: at least 1×1, at most [`Size::SIDE_MAX`] each way and [`Size::PIXELS_MAX`] pixels in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    width: u32,
    height: u32,
}

impl Size {
    /// Longest side in pixels.
    pub const SIDE_MAX: u32 = 16_384;
    /// Most pixels.
    pub const PIXELS_MAX: u32 = 64 << 20;

    /// A size that a picture may have.
    ///
    /// # Errors
    /// A side is zero or too long, or the pixels are too many.
    pub fn new(width: u32, height: u32) -> Result<Self, PictureError> {
        let sides = 1..=Self::SIDE_MAX;
        if !sides.contains(&width) || !sides.contains(&height) || width * height > Self::PIXELS_MAX {
            return Err(PictureError::Size { width, height });
        }
        Ok(Self { width, height })
    }

    /// Pixels across.
    #[must_use]
    pub fn width(self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(self) -> u32 {
        self.height
    }

    /// Pixels in all.
    #[must_use]
    pub fn pixels(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The rectangle that covers the picture.
    #[must_use]
    pub fn rect(self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }
}

/// A rectangle of pixels; the origin is the top left corner of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rect {
    /// The rectangle from one corner to the other, the second one outside. Corners the wrong way round give an empty one.
    #[must_use]
    pub fn from_corners(x: u32, y: u32, right: u32, bottom: u32) -> Self {
        Self { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) }
    }

    /// First column to the right of it.
    #[must_use]
    pub fn right(self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// First row below it.
    #[must_use]
    pub fn bottom(self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Whether it has no pixel.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// How many pixels it has.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether every pixel of the other one is in this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.x <= other.x && self.y <= other.y && self.right() >= other.right() && self.bottom() >= other.bottom()
    }

    /// The pixels in both, if there are any.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let both = Self::from_corners(
            self.x.max(other.x),
            self.y.max(other.y),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        );
        (!both.is_empty()).then_some(both)
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn bounds(self, other: Self) -> Self {
        Self::from_corners(
            self.x.min(other.x),
            self.y.min(other.y),
            self.right().max(other.right()),
            self.bottom().max(other.bottom()),
        )
    }

    /// What is left of it without the other: above, below, left and right of what they share.
    pub fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let pieces = match self.intersection(other) {
            None => [Some(self), None, None, None],
            Some(hole) => [
                Some(Self::from_corners(self.x, self.y, self.right(), hole.y)),
                Some(Self::from_corners(self.x, hole.bottom(), self.right(), self.bottom())),
                Some(Self::from_corners(self.x, hole.y, hole.x, hole.bottom())),
                Some(Self::from_corners(hole.right(), hole.y, self.right(), hole.bottom())),
            ],
        };
        pieces.into_iter().flatten().filter(|piece| !piece.is_empty())
    }

    /// It, moved so that the pixel at `from` comes to lie at `to`; none if that leaves the plane.
    #[must_use]
    pub fn moved(self, from: (u32, u32), to: (u32, u32)) -> Option<Self> {
        let x = u32::try_from(i64::from(self.x) + i64::from(to.0) - i64::from(from.0)).ok()?;
        let y = u32::try_from(i64::from(self.y) + i64::from(to.1) - i64::from(from.1)).ok()?;
        Some(Self { x, y, ..self })
    }
}
