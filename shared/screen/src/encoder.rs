//! The customer's side: from captured pixels to the next frame.
//!
//! The encoder keeps two pictures: `current`, the newest captured pixels, and `reference`, what the viewer has. A tile is
//! `stale` when captured pixels changed since it was last coded, and `lossy` when the viewer has an approximation of it.
//! Where the reference holds [`UNKNOWN`], nobody knows the viewer's pixels to the last bit; such places always differ, so
//! they are sent again and never copied from.

mod compose;
mod content;

use crate::cover::Grid;
use crate::frame_view::FrameView;
use crate::motion::Motion;
use crate::pack::Packer;
use crate::palette::Palette;
use crate::surface::{Surface, UNKNOWN};
use crate::{Damage, PointerShape, Rect, Size};
use beside_protocol::picture::FRAME_MAX;
use compose::Composer;
use content::Content;

/// How photographs are approximated when the exact pixels would not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// JPEG quality, 1 to 100, while the budget allows it.
    pub quality_best: u8,
    /// JPEG quality below which it never goes, even when the budget is exceeded.
    pub quality_least: u8,
}

impl Default for EncoderSettings {
    fn default() -> Self {
        Self { quality_best: 85, quality_least: 40 }
    }
}

/// One frame for the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The frame's bytes, for [`Framebuffer::apply`](crate::Framebuffer::apply).
    pub bytes: Vec<u8>,
    /// Whether the viewer's picture is then the very pixels that were captured.
    pub exact: bool,
    /// What the frame consists of.
    pub stats: FrameStats,
}

/// What a frame consists of, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FrameStats {
    /// Operations in the frame.
    pub operations: usize,
    /// Moved inside the picture.
    pub copied: u64,
    /// Filled with one colour.
    pub filled: u64,
    /// Sent exactly.
    pub lossless: u64,
    /// Sent as photographs.
    pub lossy: u64,
}

/// Makes frames out of captured pixels.
pub struct Encoder {
    settings: EncoderSettings,
    size: Size,
    grid: Grid,
    current: Surface,
    reference: Surface,
    stale: Vec<bool>,
    lossy: Vec<bool>,
    starts_over: bool,
    sent_shape: Option<u32>,
    focus: (i32, i32),
    quality: u8,
    motion: Motion,
    tools: Tools,
}

/// What is kept between frames only to be quick.
struct Tools {
    packer: Packer,
    palette: Palette,
    pixels: Vec<u8>,
}

impl Encoder {
    /// An encoder whose first frame starts a picture.
    #[must_use]
    pub fn new(size: Size, mut settings: EncoderSettings) -> Self {
        settings.quality_best = settings.quality_best.clamp(1, 100);
        settings.quality_least = settings.quality_least.clamp(1, settings.quality_best);
        let grid = Grid::new(size);
        Self {
            settings,
            size,
            grid,
            current: Surface::new(size),
            reference: Surface::new(size),
            stale: vec![true; grid.tiles()],
            lossy: vec![false; grid.tiles()],
            starts_over: true,
            sent_shape: None,
            focus: (0, 0),
            quality: settings.quality_best,
            motion: Motion::default(),
            tools: Tools { packer: Packer::default(), palette: Palette::new(), pixels: Vec::new() },
        }
    }

    /// The next frame, or none if nothing changed. Only the damage is looked at, except where the picture starts over;
    /// damage of captures that were never encoded must be in it too. A frame of another size starts a picture of that size.
    ///
    /// About `budget_bytes` are spent: when the exact pixels take more, photographs are approximated, and later made exact
    /// by [`refine`](Self::refine). Text and graphics are always exact, so a frame full of them may be larger.
    /// The pointer's shape is sent when its number is not the one sent last.
    pub fn encode(
        &mut self,
        frame: FrameView<'_>,
        damage: &Damage,
        budget_bytes: usize,
        pointer_shape: Option<&PointerShape>,
    ) -> Option<Encoded> {
        if frame.size() != self.size {
            self.resize(frame.size());
        }
        if self.starts_over {
            self.absorb(frame, self.size.rect());
        } else {
            for rect in damage.within(self.size.rect()) {
                self.absorb(frame, rect);
            }
        }

        let mut composer = Composer::new(self.size, self.starts_over);
        if let Some(shape) = pointer_shape.filter(|shape| self.sent_shape != Some(shape.id())) {
            composer.pointer_shape(shape);
            self.sent_shape = Some(shape.id());
        }
        if !self.starts_over {
            self.move_what_moved(&mut composer);
        }
        let changed = self.changed_tiles();
        self.stale.fill(false);
        let contents = self.contents(&changed);
        // Far from the longest frame, because what a frame will take is a guess.
        self.compose(composer, &contents, Some(budget_bytes.min(FRAME_MAX / 4)))
    }

    /// A frame that makes approximated places exact, nearest the focus first, in about `budget_bytes` but at least one
    /// tile. None if everything is exact. It shows the pixels of the last [`encode`](Self::encode).
    pub fn refine(&mut self, budget_bytes: usize) -> Option<Encoded> {
        let mut tiles: Vec<usize> = (0..self.lossy.len()).filter(|tile| self.lossy[*tile]).collect();
        tiles.sort_by_key(|tile| distance(self.grid.rect(*tile), self.focus));
        let mut spent = 0;
        let mut contents = vec![None; self.grid.tiles()];
        for tile in tiles {
            let Some(bounds) = self.current.difference(&self.reference, self.grid.rect(tile)) else {
                // A rectangle around others has brought its pixels along.
                self.lossy[tile] = false;
                continue;
            };
            let content = Content::of(&self.current, self.grid.rect(tile), bounds);
            if spent > 0 && spent + content.lossless_bytes > budget_bytes {
                break;
            }
            spent += content.lossless_bytes;
            contents[tile] = Some(content);
        }
        self.compose(Composer::new(self.size, self.starts_over), &contents, None)
    }

    /// Whether the viewer, once it has all frames so far, has the very pixels that were captured.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.starts_over && !self.lossy.contains(&true)
    }

    /// Makes the next frame start the picture over, for a viewer that has lost it.
    pub fn refresh(&mut self) {
        self.resize(self.size);
    }

    /// Makes the next frame start a picture of this size.
    pub fn resize(&mut self, size: Size) {
        *self = Self {
            focus: self.focus,
            quality: self.quality,
            motion: std::mem::take(&mut self.motion),
            ..Self::new(size, self.settings)
        };
    }

    /// Where the operator looks, in pixels of the picture: by habit, where the pointer is.
    pub fn set_focus(&mut self, x: i32, y: i32) {
        self.focus = (x, y);
    }

    /// Takes over captured pixels, and marks the tiles in which one is new.
    fn absorb(&mut self, frame: FrameView<'_>, rect: Rect) {
        for y in rect.y..rect.bottom() {
            // Row by row, as the pixels lie in memory; most rows are not new, and then their tiles need no look.
            if same_pixels(frame.row(rect, y), self.current.row(rect, y)) {
                continue;
            }
            let line = Rect { y, height: 1, ..rect };
            for tile in self.grid.touched(line) {
                let Some(part) = self.grid.rect(tile).intersection(line) else { continue };
                let (captured, known) = (frame.row(part, y), self.current.row_mut(part, y));
                if !same_pixels(captured, known) {
                    self.stale[tile] = true;
                    take_pixels(captured, known);
                }
            }
        }
    }

    /// The stale tiles that do differ from what the viewer has.
    fn changed_tiles(&mut self) -> Vec<(usize, Rect)> {
        let mut changed = Vec::new();
        for tile in 0..self.stale.len() {
            if !self.stale[tile] {
                continue;
            }
            match self.current.difference(&self.reference, self.grid.rect(tile)) {
                Some(bounds) => changed.push((tile, bounds)),
                None => (self.stale[tile], self.lossy[tile]) = (false, false),
            }
        }
        changed
    }

    fn move_what_moved(&mut self, composer: &mut Composer) {
        let stale: Vec<usize> = (0..self.stale.len()).filter(|tile| self.stale[*tile]).collect();
        let moves = self.motion.find(&self.current, &self.reference, &self.grid, &stale);
        for step in &moves {
            self.reference.copy(step.rect, step.from);
            composer.copy(step.rect, step.from);
            for tile in self.grid.touched(step.rect) {
                // One move alone brings the very pixels; of several, one may have painted over another's source.
                let done = moves.len() == 1 && step.rect.contains(self.grid.rect(tile));
                self.stale[tile] = !done;
                self.lossy[tile] &= !done;
            }
        }
    }

    fn contents(&self, changed: &[(usize, Rect)]) -> Vec<Option<Content>> {
        let mut contents = vec![None; self.grid.tiles()];
        for &(tile, bounds) in changed {
            contents[tile] = Some(Content::of(&self.current, self.grid.rect(tile), bounds));
        }
        contents
    }

    /// Writes the frame that brings these tiles to the viewer. Without a budget they are exact.
    fn compose(
        &mut self,
        mut composer: Composer,
        contents: &[Option<Content>],
        budget: Option<usize>,
    ) -> Option<Encoded> {
        let mut plan = compose::plan(&self.grid, contents, budget);
        if let Some(budget) = budget {
            let range = self.settings.quality_least..=self.settings.quality_best;
            self.quality = composer.photographs(&mut plan, &self.current, self.quality, range, budget);
        }
        composer.exact(&plan, &self.current, &mut self.tools);
        if composer.is_empty() {
            return None;
        }

        for region in &plan.exact {
            self.reference.take_over(&self.current, region.rect);
            region.tiles.iter().for_each(|tile| self.lossy[*tile] = false);
        }
        for region in &plan.lossy {
            self.reference.fill(region.rect, UNKNOWN);
            region.tiles.iter().for_each(|tile| self.lossy[*tile] = true);
        }
        self.starts_over = false;
        let exact = self.is_exact();
        let (bytes, stats) = composer.finish(exact, &mut self.tools);
        Some(Encoded { bytes, exact, stats })
    }
}

/// Whether BGRX bytes are these pixels.
fn same_pixels(bytes: &[u8], pixels: &[u32]) -> bool {
    let pairs = bytes.as_chunks::<4>().0.iter().zip(pixels);
    pairs.fold(0, |new, (bytes, pixel)| new | (pixel_of(*bytes) ^ pixel)) == 0
}

fn take_pixels(bytes: &[u8], pixels: &mut [u32]) {
    for (bytes, pixel) in bytes.as_chunks::<4>().0.iter().zip(pixels) {
        *pixel = pixel_of(*bytes);
    }
}

fn pixel_of(bgrx: [u8; 4]) -> u32 {
    u32::from_le_bytes(bgrx) & 0x00FF_FFFF
}

/// How far the middle of a tile is from a place, squared.
fn distance(tile: Rect, (x, y): (i32, i32)) -> i64 {
    let middle = |start: u32, length: u32| i64::from(start) + i64::from(length / 2);
    let (across, down) = (middle(tile.x, tile.width) - i64::from(x), middle(tile.y, tile.height) - i64::from(y));
    across * across + down * down
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mask;

    /// What was hidden is not only never sent, it is nowhere in the encoder.
    #[test]
    fn a_hidden_pixel_is_not_even_remembered() {
        const SECRET: u32 = 0x00FA_03F1;
        let size = Size::new(100, 70).unwrap();
        let mut bytes: Vec<u8> = SECRET.to_le_bytes().repeat(size.pixels());
        let mut mask = Mask::none();
        mask.hide(size.rect());
        mask.blank(size, 400, &mut bytes).unwrap();
        let mut encoder = Encoder::new(size, EncoderSettings::default());
        encoder.encode(FrameView::new(size, 400, &bytes).unwrap(), &Damage::none(), usize::MAX, None).unwrap();
        let blank = u32::from_le_bytes(Mask::BLANK);
        for surface in [&encoder.current, &encoder.reference] {
            for y in 0..size.height() {
                assert!(surface.row(size.rect(), y).iter().all(|pixel| *pixel == blank));
            }
        }
    }
}
