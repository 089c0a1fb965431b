//! Finds what moved: scrolled text, dragged windows.
//!
//! Short stretches of changed pixels, two rows high, are looked for in the viewer's picture with a rolling hash (Karp, Rabin
//! 1987). Only those count that change both along the rows and from one row to the other, because the stem of a letter
//! looks the same a row further down. Each find votes for a displacement; those with most votes are checked pixel by pixel.

use crate::cover::{Grid, TILE};
use crate::surface::Surface;
use crate::{Rect, Size};
use std::collections::HashMap;

/// With fewer changed tiles than this, sending them is as quick as looking for them.
const TILES_MIN: usize = 16;
/// Columns of a stretch.
const STRETCH: usize = 16;
/// Colour changes in a stretch that is worth looking for.
const BUSY_MIN: usize = 3;
/// About how many stretches are looked for.
const STRETCHES: usize = 4_096;
/// Rows of the viewer's picture that are searched at most; beyond it only some of them are.
const SEARCHED_PIXELS: usize = 600_000;
/// Finds that must agree on a displacement.
const VOTES_MIN: u32 = 8;
/// Finds that are counted at most.
const VOTES_MAX: usize = 16_384;
/// Moves of one frame at most.
const MOVES_MAX: usize = 64;
/// Displacements that are checked at most.
const CANDIDATES: usize = 4;
/// Changed tiles that a move must save.
const SAVED_TILES_MIN: usize = 3;

const SLOTS: usize = 1 << 14;
const BASE: u32 = 0x0100_0193;
const BASE_POW: u32 = BASE.wrapping_pow(STRETCH as u32);

/// Pixels of the viewer's picture that are now somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) rect: Rect,
    pub(crate) from: (u32, u32),
}

/// The tables of the search, kept between frames.
#[derive(Default)]
pub(crate) struct Motion {
    slots: Vec<Option<Stretch>>,
    /// One bit for each 16 bits of hash, so that most misses cost one look.
    seen: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    hash: u32,
    x: u32,
    y: u32,
    unique: bool,
}

/// How far something moved, to the right and down.
type Displacement = (i32, i32);

impl Motion {
    /// The moves that, in this order, bring much of the changed tiles to where they are now.
    pub(crate) fn find(
        &mut self,
        current: &Surface,
        reference: &Surface,
        grid: &Grid,
        changed: &[usize],
    ) -> Vec<Moved> {
        let bounds = changed.iter().map(|tile| grid.rect(*tile)).reduce(Rect::bounds);
        let Some(bounds) = bounds.filter(|_| changed.len() >= TILES_MIN) else { return Vec::new() };
        self.remember(current, grid, changed);
        let (mut best, mut most) = (Vec::new(), 0);
        for displacement in self.vote(reference, bounds) {
            let found = moves(current, reference, grid, changed, bounds, displacement);
            let pixels = found.iter().map(|moved| moved.rect.pixels()).sum();
            if pixels > most {
                (best, most) = (found, pixels);
            }
            if 2 * most > bounds.pixels() {
                break;
            }
        }
        best
    }

    /// Puts stretches of the changed tiles into the table.
    fn remember(&mut self, current: &Surface, grid: &Grid, changed: &[usize]) {
        self.slots.clear();
        self.slots.resize(SLOTS, None);
        self.seen.clear();
        self.seen.resize(1 << 10, 0);
        let step = (changed.len() * TILE as usize).div_ceil(STRETCHES).max(1);
        for (nth, &tile) in changed.iter().enumerate() {
            let tile = grid.rect(tile);
            let middle = (TILE as usize - STRETCH) / 2;
            if (tile.width as usize) < middle + STRETCH {
                continue;
            }
            for y in (tile.y..tile.bottom() - 1).skip(nth % step).step_by(step) {
                let pixels = &current.row(tile, y)[middle..middle + STRETCH];
                let below = &current.row(tile, y + 1)[middle..middle + STRETCH];
                let busy = pixels.iter().zip(&pixels[1..]).filter(|(left, right)| left != right).count() >= BUSY_MIN;
                if busy && pixels != below {
                    let hash =
                        pixels.iter().zip(below).fold(0, |hash, (pixel, below)| roll(hash, mix(*pixel, *below), 0));
                    self.insert(Stretch { hash, x: tile.x + middle as u32, y, unique: true });
                }
            }
        }
    }

    fn insert(&mut self, stretch: Stretch) {
        let bit = bit_of(stretch.hash);
        self.seen[bit / 64] |= 1 << (bit % 64);
        let mut slot = slot_of(stretch.hash);
        loop {
            match &mut self.slots[slot] {
                Some(other) if other.hash == stretch.hash => return other.unique = false,
                Some(_) => slot = (slot + 1) % SLOTS,
                none => return *none = Some(stretch),
            }
        }
    }

    fn get(&self, hash: u32) -> Option<Stretch> {
        let bit = bit_of(hash);
        if self.seen[bit / 64] & (1 << (bit % 64)) == 0 {
            return None;
        }
        let mut slot = slot_of(hash);
        while let Some(stretch) = self.slots[slot] {
            if stretch.hash == hash {
                return stretch.unique.then_some(stretch);
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }

    /// Looks for the stretches in the viewer's picture; the displacements that most of the finds agree on, best first.
    fn vote(&self, reference: &Surface, bounds: Rect) -> Vec<Displacement> {
        let mut votes: HashMap<Displacement, u32> = HashMap::new();
        let mut left = VOTES_MAX;
        let mut mixed = Vec::with_capacity(bounds.width as usize);
        let step = (bounds.pixels() as usize).div_ceil(SEARCHED_PIXELS);
        'rows: for y in (bounds.y..bounds.bottom() - 1).step_by(step) {
            mixed.clear();
            let rows = reference.row(bounds, y).iter().zip(reference.row(bounds, y + 1));
            mixed.extend(rows.map(|(pixel, below)| mix(*pixel, *below)));
            let Some(first) = mixed.get(..STRETCH) else { break };
            let mut hash = first.iter().fold(0, |hash, next| roll(hash, *next, 0));
            let slides = mixed.iter().zip(mixed[STRETCH..].iter().chain([&0]));
            for (x, (gone, next)) in (bounds.x..).zip(slides) {
                if let Some(stretch) = self.get(hash) {
                    let displacement = (stretch.x as i32 - x as i32, stretch.y as i32 - y as i32);
                    if displacement != (0, 0) {
                        *votes.entry(displacement).or_default() += 1;
                        left -= 1;
                        if left == 0 {
                            break 'rows;
                        }
                    }
                }
                hash = roll(hash, *next, *gone);
            }
        }
        let mut votes: Vec<_> = votes.into_iter().filter(|(_, count)| *count >= VOTES_MIN).collect();
        votes.sort_by_key(|(displacement, count)| std::cmp::Reverse((*count, *displacement)));
        votes.into_iter().take(CANDIDATES).map(|(displacement, _)| displacement).collect()
    }
}

/// The rectangles of changed tiles whose pixels the viewer has at that distance.
fn moves(
    current: &Surface,
    reference: &Surface,
    grid: &Grid,
    changed: &[usize],
    bounds: Rect,
    displacement: Displacement,
) -> Vec<Moved> {
    let mut is_changed = vec![false; grid.tiles()];
    changed.iter().for_each(|tile| is_changed[*tile] = true);
    let size = grid.size();
    let arrived = |rect: Rect| {
        let from = source(rect, displacement, size)?;
        let same = (0..rect.height).all(|row| {
            current.row(rect, rect.y + row) == reference.row(Rect { x: from.0, y: from.1, ..rect }, from.1 + row)
        });
        same.then_some(Moved { rect, from })
    };
    let mut kinds = vec![None; grid.tiles()];
    for tile in grid.touched(bounds) {
        kinds[tile] = arrived(grid.rect(tile)).map(|_| ());
    }

    let mut found = Vec::new();
    for (tiles, ()) in grid.cover(&kinds) {
        let saved = tiles.iter().filter(|tile| is_changed[*tile]).count();
        let rect = tiles.iter().map(|tile| grid.rect(tile)).reduce(Rect::bounds);
        if let Some(rect) = rect.filter(|_| saved >= SAVED_TILES_MIN) {
            found.push((saved, widen(rect, size, |edge| arrived(edge).is_some())));
        }
    }
    found.sort_by_key(|(saved, _)| std::cmp::Reverse(*saved));
    found.truncate(MOVES_MAX);
    // What moves down is moved from the bottom up, and so on, so that no move paints over the source of a later one.
    let (right, down) = displacement;
    found.sort_by_key(|(_, rect)| {
        let along = |start: u32, by: i32| if by > 0 { -i64::from(start) } else { i64::from(start) };
        (along(rect.y, down), along(rect.x, right))
    });
    found.into_iter().filter_map(|(_, rect)| arrived(rect)).collect()
}

/// Grows a rectangle by less than a tile on each side, while what it grows by has arrived too.
fn widen(rect: Rect, size: Size, arrived: impl Fn(Rect) -> bool) -> Rect {
    let (mut x, mut y, mut right, mut bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
    for _ in 1..TILE {
        if x > 0 && arrived(Rect::from_corners(x - 1, y, x, bottom)) {
            x -= 1;
        }
        if right < size.width() && arrived(Rect::from_corners(right, y, right + 1, bottom)) {
            right += 1;
        }
        if y > 0 && arrived(Rect::from_corners(x, y - 1, right, y)) {
            y -= 1;
        }
        if bottom < size.height() && arrived(Rect::from_corners(x, bottom, right, bottom + 1)) {
            bottom += 1;
        }
    }
    Rect::from_corners(x, y, right, bottom)
}

/// Where a rectangle's pixels came from, if that is inside the picture.
fn source(rect: Rect, (right, down): Displacement, size: Size) -> Option<(u32, u32)> {
    let from = (rect.x.checked_add_signed(-right)?, rect.y.checked_add_signed(-down)?);
    size.rect().contains(Rect { x: from.0, y: from.1, ..rect }).then_some(from)
}

fn roll(hash: u32, next: u32, gone: u32) -> u32 {
    hash.wrapping_mul(BASE).wrapping_add(next).wrapping_sub(gone.wrapping_mul(BASE_POW))
}

/// One number for two pixels. Colours differ in few bits; a hash of them should differ in many.
fn mix(pixel: u32, below: u32) -> u32 {
    pixel.wrapping_mul(0x85EB_CA6B) ^ below.wrapping_mul(0xC2B2_AE35).rotate_left(13)
}

fn bit_of(hash: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

fn slot_of(hash: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> 18) as usize
}
