//! Both ends of the picture, and a screen that is painted on at random.

use crate::desk::Desk;
use beside_screen::{Damage, Drawn, Encoded, Encoder, EncoderSettings, Framebuffer, PointerShape, Rect};
use proptest::prelude::*;

/// A screen, its encoder, and the viewer.
pub(crate) struct Pair {
    pub(crate) desk: Desk,
    pub(crate) encoder: Encoder,
    pub(crate) framebuffer: Framebuffer,
}

impl Pair {
    pub(crate) fn new(desk: Desk) -> Self {
        let encoder = Encoder::new(desk.size, EncoderSettings::default());
        Self { desk, encoder, framebuffer: Framebuffer::new() }
    }

    /// Sends what changed; what the frame drew.
    pub(crate) fn send(&mut self, damage: &Damage, budget: usize) -> Vec<Drawn> {
        let encoded = self.encoder.encode(self.desk.view(), damage, budget, None);
        encoded.map(|encoded| self.apply(&encoded)).unwrap_or_default()
    }

    pub(crate) fn send_all(&mut self, budget: usize) -> Vec<Drawn> {
        self.send(&Damage::all(self.desk.size), budget)
    }

    pub(crate) fn apply(&mut self, encoded: &Encoded) -> Vec<Drawn> {
        let drawn = self.framebuffer.apply(&encoded.bytes).expect("our own frame is sound");
        assert_eq!(encoded.exact, self.encoder.is_exact());
        assert_eq!(encoded.exact, self.framebuffer.is_exact());
        assert_eq!(encoded.exact, self.shows_the_desk() && encoded.exact, "claims to be exact and is not");
        drawn
    }

    /// Refines until everything is exact; how many frames that took.
    pub(crate) fn refine_all(&mut self, budget: usize) -> usize {
        let mut frames = 0;
        while let Some(encoded) = self.encoder.refine(budget) {
            self.apply(&encoded);
            frames += 1;
            assert!(frames < 10_000, "refining comes to no end");
        }
        frames
    }

    pub(crate) fn shows_the_desk(&self) -> bool {
        self.framebuffer.size() == Some(self.desk.size) && shown(&self.framebuffer) == captured(&self.desk)
    }
}

/// The viewer's pixels.
pub(crate) fn shown(framebuffer: &Framebuffer) -> Vec<[u8; 4]> {
    let mut rgba = Vec::new();
    if let Some(size) = framebuffer.size() {
        framebuffer.copy_rect_rgba(size.rect(), &mut rgba);
    }
    rgba.as_chunks().0.to_vec()
}

/// The screen's pixels, as the viewer should have them.
pub(crate) fn captured(desk: &Desk) -> Vec<[u8; 4]> {
    let row = desk.size.width() as usize * 4;
    let pixels = desk.bytes.chunks(desk.stride).flat_map(|line| line[..row].as_chunks::<4>().0);
    pixels.map(|bgrx| [bgrx[2], bgrx[1], bgrx[0], 255]).collect()
}

/// Something that happens on a screen.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Fill(Rect, [u8; 3]),
    Text(Rect, u32),
    Photo(Rect, u32),
    Move(Rect, (u32, u32)),
    Resize(u32, u32),
    Refresh,
    Refine(usize),
}

pub(crate) fn rects() -> impl Strategy<Value = Rect> {
    (0..300_u32, 0..220_u32, 1..320_u32, 1..240_u32).prop_map(|(x, y, width, height)| Rect { x, y, width, height })
}

pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => (rects(), any::<[u8; 3]>()).prop_map(|(rect, colour)| Event::Fill(rect, colour)),
        4 => (rects(), any::<u32>()).prop_map(|(rect, seed)| Event::Text(rect, seed)),
        4 => (rects(), 0..1_000_u32).prop_map(|(rect, seed)| Event::Photo(rect, seed)),
        6 => (rects(), 0..300_u32, 0..220_u32).prop_map(|(rect, x, y)| Event::Move(rect, (x, y))),
        1 => (1..400_u32, 1..300_u32).prop_map(|(width, height)| Event::Resize(width, height)),
        1 => Just(Event::Refresh),
        2 => (0..20_000_usize).prop_map(Event::Refine),
    ];
    prop::collection::vec(event, 1..14)
}

impl Pair {
    /// Lets an event happen and sends it; what the viewer drew.
    pub(crate) fn happen(&mut self, event: &Event, budget: usize) -> Vec<Drawn> {
        let size = self.desk.size;
        let damage = match *event {
            Event::Fill(rect, colour) => {
                self.desk.fill(rect, colour);
                rect
            }
            Event::Text(rect, seed) => {
                self.desk.text(rect, seed);
                rect
            }
            Event::Photo(rect, seed) => {
                self.desk.photo(rect, seed);
                rect
            }
            Event::Move(rect, (x, y)) => {
                let Some(rect) = rect.intersection(size.rect()) else { return Vec::new() };
                let (x, y) = (x % (size.width() - rect.width + 1), y % (size.height() - rect.height + 1));
                self.desk.shift(rect, (x, y));
                rect
            }
            Event::Resize(width, height) => {
                self.desk = Desk::new(width, height);
                self.desk.text(self.desk.size.rect(), width);
                self.desk.size.rect()
            }
            Event::Refresh => {
                self.encoder.refresh();
                Rect { x: 0, y: 0, width: 0, height: 0 }
            }
            Event::Refine(budget) => {
                let refined = self.encoder.refine(budget);
                return refined.map(|encoded| self.apply(&encoded)).unwrap_or_default();
            }
        };
        let mut damages = Damage::none();
        damages.add(damage);
        self.send(&damages, budget)
    }
}

/// A pointer shape, each one different.
pub(crate) fn pointer_shape(id: u32) -> PointerShape {
    let rgba = (0..24 * 20 * 4).map(|byte| (byte as u32 * 7 + id) as u8).collect();
    PointerShape::new(id, (3, 4), 24, 20, rgba).expect("the shape is allowed")
}
