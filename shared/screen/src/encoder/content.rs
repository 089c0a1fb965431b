//! What a tile shows, as far as it matters for how to send it.

use crate::Rect;
use crate::surface::Surface;

/// What a tile shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One colour.
    Flat(u32),
    /// Text, lines and areas: many pixels are just like a neighbour.
    Graphic,
    /// Hardly a pixel is like its neighbours.
    Photo,
}

/// A tile that has to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content {
    pub(super) kind: Kind,
    /// The pixels that differ from what the viewer has.
    pub(super) bounds: Rect,
    /// Guess of what it costs to send it exactly.
    pub(super) lossless_bytes: usize,
}

/// Of a hundred pixels of a photograph, at most so many are like the one to the left, and like the one above.
const ALIKE_PERCENT: u32 = 40;
/// Smaller than this, nothing is worth the headers of a photograph.
const PHOTO_PIXELS_MIN: u32 = 256;

impl Content {
    /// What a tile of the surface shows.
    pub(super) fn of(surface: &Surface, tile: Rect, bounds: Rect) -> Self {
        let first = surface.row(tile, tile.y)[0];
        // Sums without branches, so that the compiler does many pixels at once.
        let (mut like_left, mut like_up, mut unlike_first) = (0, 0, 0);
        let mut above = surface.row(tile, tile.y);
        for y in tile.y..tile.bottom() {
            let row = surface.row(tile, y);
            unlike_first = row.iter().fold(unlike_first, |unlike, pixel| unlike | (pixel ^ first));
            like_left += row.iter().zip(&row[1..]).map(|(left, right)| u32::from(left == right)).sum::<u32>();
            like_up += row.iter().zip(above).map(|(now, up)| u32::from(now == up)).sum::<u32>();
            above = row;
        }
        if unlike_first == 0 {
            return Self { kind: Kind::Flat(first), bounds, lossless_bytes: 16 };
        }
        let changed = bounds.pixels() as usize;
        let pixels = tile.pixels() as u32;
        // The first row was compared with itself.
        let alike = like_left.max(like_up - tile.width);
        if pixels < PHOTO_PIXELS_MIN || 100 * alike > ALIKE_PERCENT * pixels {
            return Self { kind: Kind::Graphic, bounds, lossless_bytes: 16 + changed / 8 };
        }
        // A step of n between neighbours takes about log2(n) bits, its sign and the code's waste about two more.
        let bits_per_sample = 2 + mean_step(surface, tile).checked_ilog2().unwrap_or(0) as usize;
        Self { kind: Kind::Photo, bounds, lossless_bytes: 16 + 3 * changed * bits_per_sample / 8 }
    }
}

/// How much greener or less green a pixel is than the one to its left, on average.
fn mean_step(surface: &Surface, tile: Rect) -> u32 {
    let rows = (tile.y..tile.bottom()).map(|y| surface.row(tile, y));
    let steps =
        rows.flat_map(|row| row.iter().zip(&row[1..]).map(|(left, right)| green(*left).abs_diff(green(*right))));
    steps.sum::<u32>() / tile.pixels() as u32
}

fn green(pixel: u32) -> u32 {
    (pixel >> 8) & 0xFF
}
