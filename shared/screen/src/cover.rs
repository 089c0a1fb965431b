//! The grid of tiles over a picture, and how tiles that belong together become rectangles.

use crate::{Rect, Size};

/// Side of a tile in pixels: small enough to tell text from photographs, large enough to keep the bookkeeping cheap.
pub(crate) const TILE: u32 = 32;

/// How a picture falls into tiles. The last column and row may be narrower.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    size: Size,
    columns: usize,
    rows: usize,
}

impl Grid {
    pub(crate) fn new(size: Size) -> Self {
        let tiles = |side: u32| side.div_ceil(TILE) as usize;
        Self { size, columns: tiles(size.width()), rows: tiles(size.height()) }
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    pub(crate) fn all(&self) -> Tiles {
        Tiles { first: 0, width: self.columns, height: self.rows, columns: self.columns }
    }

    pub(crate) fn tiles(&self) -> usize {
        self.columns * self.rows
    }

    /// The pixels of one tile.
    pub(crate) fn rect(&self, tile: usize) -> Rect {
        let (x, y) = ((tile % self.columns) as u32 * TILE, (tile / self.columns) as u32 * TILE);
        Rect::from_corners(x, y, (x + TILE).min(self.size.width()), (y + TILE).min(self.size.height()))
    }

    /// The tiles that share a pixel with a rectangle inside the picture.
    pub(crate) fn touched(&self, rect: Rect) -> impl Iterator<Item = usize> + use<> {
        let columns = self.columns;
        let across = (rect.x / TILE) as usize..rect.right().div_ceil(TILE) as usize;
        let down = (rect.y / TILE) as usize..rect.bottom().div_ceil(TILE) as usize;
        down.flat_map(move |row| across.clone().map(move |column| row * columns + column))
    }

    /// Covers the tiles that are some kind with rectangles of tiles of one kind, each as wide and then as high as it
    /// goes. The rectangles do not overlap.
    pub(crate) fn cover<K: Copy + PartialEq>(&self, kinds: &[Option<K>]) -> Vec<(Tiles, K)> {
        let mut left = kinds.to_vec();
        let mut rects = Vec::new();
        for tile in 0..left.len() {
            let Some(kind) = left[tile] else { continue };
            let same = |other: &Option<K>| *other == Some(kind);
            let row_end = (tile / self.columns + 1) * self.columns;
            let width = left[tile..row_end].iter().take_while(|other| same(other)).count();
            let height = (tile..left.len())
                .step_by(self.columns)
                .take_while(|start| left.get(*start..start + width).is_some_and(|row| row.iter().all(same)))
                .count();
            for start in (tile..).step_by(self.columns).take(height) {
                left[start..start + width].fill(None);
            }
            rects.push((Tiles { first: tile, width, height, columns: self.columns }, kind));
        }
        rects
    }
}

/// A rectangle of tiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiles {
    first: usize,
    width: usize,
    height: usize,
    columns: usize,
}

impl Tiles {
    pub(crate) fn count(&self) -> usize {
        self.width * self.height
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..self.height).flat_map(move |row| {
            let start = self.first + row * self.columns;
            start..start + self.width
        })
    }
}
