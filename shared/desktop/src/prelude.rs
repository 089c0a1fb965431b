//! Shapes of the picture.

/// A rectangle in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Rect {
    /// What two rectangles share, if anything.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        (x < right && y < bottom).then(|| Self { x, y, width: right - x, height: bottom - y })
    }
}

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Size {
    /// The whole of it.
    #[must_use]
    pub const fn rect(self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Damage(Vec<Rect>);

impl Damage {
    /// All of a picture.
    pub fn whole(size: Size) -> Self {
        Self(vec![size.rect()])
    }

    /// Adds a rectangle.
    pub fn add(&mut self, rect: Rect) {
        self.0.push(rect);
    }

    /// The rectangles.
    pub fn rects(&self) -> &[Rect] {
        &self.0
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A pointer's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointerShape {
    /// Its number.
    pub id: u32,
    /// The hot spot, from the left.
    pub hot_x: u32,
    /// The hot spot, from the top.
    pub hot_y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Straight RGBA.
    pub rgba: Vec<u8>,
}
