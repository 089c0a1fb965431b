//! Real pixels: a page that scrolls, a box that wanders over it and a photograph, through the real encoder.

use beside_screen::{Damage, Encoder, EncoderSettings, FrameView, Framebuffer, Size};

use crate::random::Seeded;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 200;
const PIXEL: usize = 4;

/// The customer's screen and its encoder.
pub(crate) struct Painting {
    size: Size,
    pixels: Vec<u8>,
    painted: u64,
    encoder: Encoder,
}

impl Painting {
    pub(crate) fn new() -> Self {
        let size = Size::new(WIDTH, HEIGHT).expect("a small screen");
        let pixels = vec![0; size.pixels() * PIXEL];
        Self { size, pixels, painted: 0, encoder: Encoder::new(size, EncoderSettings::default()) }
    }

    pub(crate) fn start_over(&mut self) {
        self.encoder.refresh();
    }

    /// The next frame that brings the viewer closer to this state of the screen; none if it has it exactly.
    pub(crate) fn encode(&mut self, state: u64, budget_bytes: usize) -> Option<Vec<u8>> {
        self.paint(state);
        let stride = WIDTH as usize * PIXEL;
        let view = FrameView::new(self.size, stride, &self.pixels).expect("whole rows");
        let frame = self.encoder.encode(view, &Damage::all(self.size), budget_bytes, None);
        frame.or_else(|| self.encoder.refine(budget_bytes)).map(|frame| frame.bytes)
    }

    fn paint(&mut self, state: u64) {
        if self.painted == state {
            return;
        }
        self.painted = state;
        let mut photograph = Seeded::new(state / 8);
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let line = u64::from(y) + 7 * state;
                let ink = if (line / 9 + u64::from(x) / 5 * line / 9).is_multiple_of(7) { 0x20 } else { 0xf0 };
                let wanders = u64::from(x).wrapping_sub(3 * state % 280) < 40 && (60..90).contains(&y);
                let photo = (200..260).contains(&x) && (120..180).contains(&y);
                let rgb = match (wanders, photo) {
                    (true, _) => [0x30, 0x70, 0xd0],
                    (_, true) => {
                        let noise = photograph.next().to_le_bytes();
                        [noise[0], noise[1], noise[2]]
                    }
                    (false, false) => [ink; 3],
                };
                let place = (y * WIDTH + x) as usize * PIXEL;
                self.pixels[place..place + 3].copy_from_slice(&[rgb[2], rgb[1], rgb[0]]);
            }
        }
    }

    /// Whether the viewer has the very pixels of this state.
    pub(crate) fn is_shown(&self, state: u64, viewer: &Framebuffer) -> bool {
        let mut shown = Vec::new();
        viewer.copy_rect_rgba(self.size.rect(), &mut shown);
        let same = |(own, seen): (&[u8], &[u8])| own[..3].iter().eq(seen[..3].iter().rev());
        self.painted == state
            && shown.len() == self.pixels.len()
            && self.pixels.chunks(PIXEL).zip(shown.chunks(PIXEL)).all(same)
    }
}

impl std::fmt::Debug for Painting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Painting({})", self.painted)
    }
}
