//! A painted screen: text, areas and photographs, the same for the same numbers.

use beside_screen::{FrameView, Rect, Size};

/// Rows have this many bytes more than their pixels need, as a capture's may.
const PADDING: usize = 12;

/// A screen that can be painted on and captured.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) size: Size,
    pub(crate) stride: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Desk {
    /// A screen of one grey, in whose padding bytes there is garbage.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let size = Size::new(width, height).expect("the size is allowed");
        let stride = width as usize * 4 + PADDING;
        Self { size, stride, bytes: vec![0xD8; stride * height as usize] }
    }

    pub(crate) fn view(&self) -> FrameView<'_> {
        FrameView::new(self.size, self.stride, &self.bytes).expect("the rows are long enough")
    }

    fn at(&self, x: u32, y: u32) -> usize {
        y as usize * self.stride + x as usize * 4
    }

    fn paint(&mut self, rect: Rect, colour: impl Fn(u32, u32) -> [u8; 3]) {
        let Some(rect) = rect.intersection(self.size.rect()) else { return };
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                let [red, green, blue] = colour(x, y);
                let at = self.at(x, y);
                self.bytes[at..at + 3].copy_from_slice(&[blue, green, red]);
            }
        }
    }

    /// One colour.
    pub(crate) fn fill(&mut self, rect: Rect, colour: [u8; 3]) {
        self.paint(rect, |_, _| colour);
    }

    /// Lines of words in smoothed letters, black on white.
    pub(crate) fn text(&mut self, rect: Rect, seed: u32) {
        self.paint(rect, |x, y| {
            let (x, y) = (x - rect.x, y - rect.y);
            let (column, line) = (x / 8, y / 18);
            let word = hash(seed ^ hash(line * 977 + column / 6));
            let letter = hash(word ^ (column % 6)) % 40;
            let (x, y) = (x % 8, y % 18);
            let blank = !(3..=14).contains(&y) || x == 7 || column % 6 > 2 + word % 4;
            let ink = hash(letter * 131 + (x / 2) * 17 + (y / 3) * 29);
            let shade = if blank || ink.is_multiple_of(3) { 255 } else { (ink >> 8) as u8 % 4 * 50 };
            [shade; 3]
        });
    }

    /// Something without an edge or an even area, like a landscape seen through a camera.
    pub(crate) fn photo(&mut self, rect: Rect, seed: u32) {
        let time = seed as f32 * 0.7;
        self.paint(rect, |x, y| {
            let (across, down) = (x as f32 * 0.021, y as f32 * 0.017);
            let grain = (hash(x ^ hash(y ^ seed)) % 9) as f32;
            let wave = |phase: f32| {
                (110.0 + 100.0 * (across + time + phase).sin() * (down - time + phase).cos() + grain) as u8
            };
            [wave(0.0), wave(0.9), wave(2.1)]
        });
    }

    /// Moves what is at `from` to the rectangle.
    pub(crate) fn shift(&mut self, rect: Rect, from: (u32, u32)) {
        let before = self.clone();
        let length = rect.width as usize * 4;
        for row in 0..rect.height {
            let (source, target) = (before.at(from.0, from.1 + row), self.at(rect.x, rect.y + row));
            self.bytes[target..target + length].copy_from_slice(&before.bytes[source..source + length]);
        }
    }
}

/// A number that looks unlike the one before (the finaliser of MurmurHash3).
pub(crate) fn hash(mut number: u32) -> u32 {
    number = (number ^ (number >> 16)).wrapping_mul(0x85EB_CA6B);
    number = (number ^ (number >> 13)).wrapping_mul(0xC2B2_AE35);
    number ^ (number >> 16)
}
