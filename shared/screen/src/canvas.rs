//! A picture on the viewer's side: red, green, blue and a full opacity per pixel, as a page's canvas takes it.

use crate::{Rect, Size};

/// Bytes per pixel.
pub(crate) const RGBA: usize = 4;

/// Rows of RGBA pixels without gaps.
pub(crate) struct Canvas {
    size: Size,
    bytes: Vec<u8>,
}

impl Canvas {
    /// A black picture.
    pub(crate) fn new(size: Size) -> Self {
        let mut canvas = Self { size, bytes: vec![0; size.pixels() * RGBA] };
        canvas.fill(size.rect(), [0; 3]);
        canvas
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    fn start(&self, x: u32, y: u32) -> usize {
        (y as usize * self.size.width() as usize + x as usize) * RGBA
    }

    /// One row of a rectangle inside the picture.
    pub(crate) fn row(&self, rect: Rect, y: u32) -> &[u8] {
        let start = self.start(rect.x, y);
        &self.bytes[start..start + rect.width as usize * RGBA]
    }

    /// Rows of a rectangle inside the picture, from the top.
    pub(crate) fn rows_mut(&mut self, rect: Rect) -> impl Iterator<Item = &mut [u8]> {
        let (start, row) = (rect.x as usize * RGBA, rect.width as usize * RGBA);
        let stride = self.size.width() as usize * RGBA;
        let rows = self.bytes.chunks_exact_mut(stride).skip(rect.y as usize).take(rect.height as usize);
        rows.map(move |line| &mut line[start..start + row])
    }

    pub(crate) fn fill(&mut self, rect: Rect, [red, green, blue]: [u8; 3]) {
        for row in self.rows_mut(rect) {
            row.as_chunks_mut().0.fill([red, green, blue, u8::MAX]);
        }
    }

    /// Copies the pixels at `from` to the rectangle as if through a third place, so that both may overlap.
    pub(crate) fn copy(&mut self, rect: Rect, from: (u32, u32)) {
        let length = rect.width as usize * RGBA;
        let mut copy_row = |row: u32| {
            let source = self.start(from.0, from.1 + row);
            let target = self.start(rect.x, rect.y + row);
            self.bytes.copy_within(source..source + length, target);
        };
        if from.1 < rect.y {
            (0..rect.height).rev().for_each(&mut copy_row);
        } else {
            (0..rect.height).for_each(&mut copy_row);
        }
    }
}
