//! From tiles to the operations of a frame.

use super::Tools;
use super::content::{Content, Kind};
use crate::cover::{Grid, Tiles};
use crate::encoder::FrameStats;
use crate::format::{Coding, FrameWriter, OPERATIONS_MAX};
use crate::surface::Surface;
use crate::{PointerShape, Rect, Size, lossless, photo};
use std::ops::RangeInclusive;

/// Fewer flat tiles than this stay part of the graphics around them, which compress better in one piece.
const FILL_TILES_MIN: usize = 8;
/// Fewer photographic tiles than this are always exact.
const PHOTO_TILES_MIN: usize = 4;
/// Operations that may stand before the regions: moves and a pointer shape.
const OPERATIONS_BEFORE: usize = 256;
/// How much worse photographs become when they were far too large.
const QUALITY_FALL: u8 = 30;

/// A rectangle that one operation brings to the viewer.
pub(super) struct Region {
    pub(super) rect: Rect,
    pub(super) tiles: Vec<usize>,
    kind: Kind,
}

/// How the tiles of a frame are sent.
pub(super) struct Plan {
    pub(super) exact: Vec<Region>,
    pub(super) lossy: Vec<Region>,
}

/// Decides how to send these tiles: exactly, or if that takes more than the budget, photographs approximated.
pub(super) fn plan(grid: &Grid, contents: &[Option<Content>], budget: Option<usize>) -> Plan {
    let mut kinds: Vec<Option<Kind>> = contents.iter().map(|content| content.map(|content| content.kind)).collect();
    for (tiles, kind) in grid.cover(&kinds) {
        if matches!(kind, Kind::Flat(_)) && tiles.count() < FILL_TILES_MIN {
            tiles.iter().for_each(|tile| kinds[tile] = Some(Kind::Graphic));
        }
    }
    let mut cover = grid.cover(&kinds);
    if cover.len() > OPERATIONS_MAX - OPERATIONS_BEFORE {
        // Too ragged to tell apart: one rectangle around everything that changed.
        cover = vec![(grid.all(), Kind::Graphic)];
    }
    let regions = cover.into_iter().filter_map(|(tiles, kind)| Region::new(grid, contents, tiles, kind));

    let exact_bytes: usize = contents.iter().flatten().map(|content| content.lossless_bytes).sum();
    let fits = budget.is_none_or(|budget| exact_bytes <= budget);
    let (lossy, exact) =
        regions.partition(|region| !fits && region.kind == Kind::Photo && region.tiles.len() >= PHOTO_TILES_MIN);
    Plan { exact, lossy }
}

impl Region {
    fn new(grid: &Grid, contents: &[Option<Content>], tiles: Tiles, kind: Kind) -> Option<Self> {
        let tiles: Vec<usize> = tiles.iter().filter(|tile| contents[*tile].is_some()).collect();
        let bounds = |tile: &usize| match kind {
            Kind::Flat(_) => Some(grid.rect(*tile)),
            Kind::Graphic | Kind::Photo => contents[*tile].map(|content| content.bounds),
        };
        let rect = tiles.iter().filter_map(bounds).reduce(Rect::bounds)?;
        Some(Self { rect, tiles, kind })
    }
}

/// Writes a frame: moves first, then photographs, then exact pixels.
pub(super) struct Composer {
    writer: FrameWriter,
    pointer: Vec<u8>,
    stats: FrameStats,
}

impl Composer {
    pub(super) fn new(size: Size, starts_over: bool) -> Self {
        Self { writer: FrameWriter::new(size, starts_over), pointer: Vec::new(), stats: FrameStats::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.writer.is_empty()
    }

    pub(super) fn pointer_shape(&mut self, shape: &PointerShape) {
        self.writer.pointer_shape(shape);
        self.pointer.extend_from_slice(shape.rgba());
    }

    pub(super) fn copy(&mut self, rect: Rect, from: (u32, u32)) {
        self.writer.copy(rect, from);
        self.stats.copied += rect.pixels();
    }

    /// Writes the plan's photographs, and gives the quality for the next ones. One that cannot be coded becomes exact.
    pub(super) fn photographs(
        &mut self,
        plan: &mut Plan,
        surface: &Surface,
        quality: u8,
        range: RangeInclusive<u8>,
        budget: usize,
    ) -> u8 {
        if plan.lossy.is_empty() {
            return quality;
        }
        let (least, best) = (*range.start(), *range.end());
        let mut quality = quality.clamp(least, best);
        let mut photos = Photos::encode(plan, surface, quality);
        if photos.bytes > 2 * budget && quality > least {
            quality = quality.saturating_sub(QUALITY_FALL).max(least);
            photos = Photos::encode(plan, surface, quality);
        }
        let regions = std::mem::take(&mut plan.lossy);
        for (region, scan) in regions.into_iter().zip(photos.scans) {
            let Some(scan) = scan else {
                plan.exact.push(region);
                continue;
            };
            self.writer.photo(region.rect, quality, &scan);
            self.stats.lossy += region.rect.pixels();
            plan.lossy.push(region);
        }
        match photos.bytes {
            bytes if bytes > budget => quality.saturating_sub(10).max(least),
            bytes if bytes < budget / 2 => quality.saturating_add(5).min(best),
            _ => quality,
        }
    }

    /// Writes the plan's exact regions.
    pub(super) fn exact(&mut self, plan: &Plan, surface: &Surface, tools: &mut Tools) {
        tools.palette.clear();
        tools.pixels.clear();
        tools.pixels.extend_from_slice(&self.pointer);
        for region in &plan.exact {
            let rect = region.rect;
            let coding = match region.kind {
                Kind::Flat(colour) => {
                    self.writer.fill(rect, colour);
                    self.stats.filled += rect.pixels();
                    continue;
                }
                Kind::Graphic if tools.palette.put(surface, rect, &mut tools.pixels) => Coding::Palette,
                Kind::Graphic => {
                    lossless::put_raw(surface, rect, &mut tools.pixels);
                    Coding::Raw
                }
                Kind::Photo => {
                    lossless::put_filtered(surface, rect, &mut tools.pixels);
                    Coding::Filtered
                }
            };
            self.writer.lossless(rect, coding);
            self.stats.lossless += rect.pixels();
        }
        tools.pixels.extend(tools.palette.colours().iter().flat_map(|colour| {
            let [blue, green, red, _] = colour.to_le_bytes();
            [blue, green, red]
        }));
    }

    /// The frame's bytes.
    pub(super) fn finish(mut self, exact: bool, tools: &mut Tools) -> (Vec<u8>, FrameStats) {
        self.stats.operations = self.writer.count();
        let colours = tools.palette.colours().len();
        let bytes = match tools.packer.pack(&tools.pixels) {
            Some(packed) => self.writer.finish(exact, colours, false, packed),
            None => self.writer.finish(exact, colours, true, &tools.pixels),
        };
        (bytes, self.stats)
    }
}

/// The photographs of a frame, at one quality.
struct Photos {
    scans: Vec<Option<Vec<u8>>>,
    bytes: usize,
}

impl Photos {
    fn encode(plan: &Plan, surface: &Surface, quality: u8) -> Self {
        let scans: Vec<_> = plan.lossy.iter().map(|region| photo::encode(surface, region.rect, quality)).collect();
        let bytes = scans.iter().flatten().map(Vec::len).sum();
        Self { scans, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_too_ragged_for_a_frame_is_one_rectangle() {
        let grid = Grid::new(Size::new(8_192, 4_096).unwrap());
        let chequers = |tile: usize| {
            let kind = if (tile + tile / 256).is_multiple_of(2) { Kind::Photo } else { Kind::Graphic };
            let content = Content { kind, bounds: grid.rect(tile), lossless_bytes: 100 };
            (!tile.is_multiple_of(5)).then_some(content)
        };
        let contents: Vec<_> = (0..grid.tiles()).map(chequers).collect();
        let plan = plan(&grid, &contents, None);
        let [whole] = &plan.exact[..] else { panic!("{} rectangles", plan.exact.len()) };
        assert!(whole.rect == Rect { x: 0, y: 0, width: 8_192, height: 4_096 });
        assert!(whole.tiles.iter().all(|tile| contents[*tile].is_some()), "says of tiles that it never looked at");
    }
}
