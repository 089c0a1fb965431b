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
const ALIKE_PERCENT: usize = 40;
/// Smaller than this, nothing is worth the headers of a photograph.
const PHOTO_PIXELS_MIN: u64 = 256;

impl Content {
    /// What a tile of the surface shows.
    pub(super) fn of(surface: &Surface, tile: Rect, bounds: Rect) -> Self {
        let first = surface.row(tile, tile.y)[0];
        let (mut like_left, mut like_up, mut steps) = (0, 0, 0);
        let mut flat = true;
        let mut above = surface.row(tile, tile.y);
        for y in tile.y..tile.bottom() {
            let row = surface.row(tile, y);
            flat &= row.iter().all(|pixel| *pixel == first);
            like_left += row.iter().zip(&row[1..]).filter(|(left, right)| left == right).count();
            like_up += row.iter().zip(above).filter(|(now, up)| now == up).count();
            steps += row.iter().zip(&row[1..]).map(|(left, right)| green(*left).abs_diff(green(*right))).sum::<u32>();
            above = row;
        }
        let pixels = tile.pixels() as usize;
        let alike = like_left.max(like_up - tile.width as usize);
        let changed = bounds.pixels() as usize;
        if flat {
            return Self { kind: Kind::Flat(first), bounds, lossless_bytes: 16 };
        }
        if tile.pixels() < PHOTO_PIXELS_MIN || 100 * alike > ALIKE_PERCENT * pixels {
            return Self { kind: Kind::Graphic, bounds, lossless_bytes: 16 + changed / 8 };
        }
        // A step of n between neighbours takes about log2(n) bits, its sign and the code's waste about two more.
        let bits_per_sample = 2 + (steps / pixels as u32).checked_ilog2().unwrap_or(0) as usize;
        Self { kind: Kind::Photo, bounds, lossless_bytes: 16 + 3 * changed * bits_per_sample / 8 }
    }
}

fn green(pixel: u32) -> u32 {
    (pixel >> 8) & 0xFF
}
