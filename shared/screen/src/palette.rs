//! The colours of a frame's graphic rectangles, numbered in the order of their first appearance.
//!
//! All rectangles of a frame share one palette, so that the same glyph is the same bytes wherever it stands and the
//! compressor finds it again.

use crate::Rect;
use crate::format::PALETTE_MAX;
use crate::surface::Surface;

/// Four times the colours, so that a search is short.
const SLOTS: usize = 4 * PALETTE_MAX;

pub(crate) struct Palette {
    colours: Vec<u32>,
    /// A colour's number plus one, by the hash of the colour; zero where there is none.
    slots: Box<[u16; SLOTS]>,
}

impl Palette {
    pub(crate) fn new() -> Self {
        Self { colours: Vec::with_capacity(PALETTE_MAX), slots: Box::new([0; SLOTS]) }
    }

    pub(crate) fn clear(&mut self) {
        self.colours.clear();
        self.slots.fill(0);
    }

    pub(crate) fn colours(&self) -> &[u32] {
        &self.colours
    }

    /// Appends the numbers of a rectangle's colours to `out`. Changes nothing and returns false if its new colours do not
    /// fit any more.
    pub(crate) fn put(&mut self, surface: &Surface, rect: Rect, out: &mut Vec<u8>) -> bool {
        let (colours_before, start) = (self.colours.len(), out.len());
        let (mut last, mut number) = (surface.row(rect, rect.y)[0] ^ 1, 0);
        for y in rect.y..rect.bottom() {
            for &colour in surface.row(rect, y) {
                if colour != last {
                    let Some(found) = self.number(colour) else {
                        out.truncate(start);
                        self.forget_since(colours_before);
                        return false;
                    };
                    (last, number) = (colour, found);
                }
                out.push(number);
            }
        }
        true
    }

    fn number(&mut self, colour: u32) -> Option<u8> {
        let mut slot = slot_of(colour);
        loop {
            match self.slots[slot] {
                0 if self.colours.len() == PALETTE_MAX => return None,
                0 => {
                    self.colours.push(colour);
                    self.slots[slot] = self.colours.len() as u16;
                    return Some((self.colours.len() - 1) as u8);
                }
                taken if self.colours[usize::from(taken) - 1] == colour => return Some((taken - 1) as u8),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
    }

    fn forget_since(&mut self, count: usize) {
        self.colours.truncate(count);
        self.slots.fill(0);
        for (number, &colour) in self.colours.iter().enumerate() {
            let free = (0..SLOTS).map(|step| (slot_of(colour) + step) % SLOTS).find(|slot| self.slots[*slot] == 0);
            if let Some(slot) = free {
                self.slots[slot] = number as u16 + 1;
            }
        }
    }
}

fn slot_of(colour: u32) -> usize {
    (colour.wrapping_mul(0x9E37_79B1) >> 22) as usize
}
