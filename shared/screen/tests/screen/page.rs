//! From the framebuffer to the page's canvas.

use crate::desk::Desk;
use crate::viewer::{Pair, events, pointer_shape, shown};
use beside_screen::page_batch::PointerPlace;
use beside_screen::{Damage, Framebuffer, PageBatch};
use proptest::prelude::*;

/// What a page's canvas does with batches.
#[derive(Default)]
struct Page {
    width: usize,
    height: usize,
    frame: u32,
    canvas: Vec<[u8; 4]>,
    shape: Option<(u32, [u32; 4], Vec<u8>)>,
    pointer: Option<(i32, i32, u32)>,
    pixel_bytes: usize,
}

impl Page {
    fn execute(&mut self, batch: &[u8]) {
        let mut rest = batch;
        let mut take = |length: usize| {
            let (head, tail) = rest.split_at(length);
            rest = tail;
            head
        };
        let mut words = |count: usize| -> Vec<u32> {
            take(4 * count).as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect()
        };
        let header = words(4);
        let (width, height) = (header[0] as usize, header[1] as usize);
        if (width, height) != (self.width, self.height) {
            (self.width, self.height) = (width, height);
            self.canvas = vec![[0; 4]; width * height];
        }
        self.frame = header[2];
        self.pixel_bytes = 0;
        for _ in 0..header[3] {
            let head = words(5);
            let [kind, x, y, w, h] = head[..] else { unreachable!() };
            let (column, row, across, down) = (x as usize, y as usize, w as usize, h as usize);
            match kind {
                1 => {
                    let from = words(2);
                    let before = self.canvas.clone();
                    for line in 0..down {
                        let source = (from[1] as usize + line) * width + from[0] as usize;
                        let target = (row + line) * width + column;
                        self.canvas[target..target + across].copy_from_slice(&before[source..source + across]);
                    }
                }
                2 => {
                    let colour = words(1)[0].to_le_bytes();
                    for line in row..row + down {
                        self.canvas[line * width + column..line * width + column + across].fill(colour);
                    }
                }
                3 => {
                    let pixels = words(across * down);
                    self.pixel_bytes += 4 * pixels.len();
                    for (line, pixels) in pixels.chunks_exact(across).enumerate() {
                        let target = (row + line) * width + column;
                        for (pixel, rgba) in self.canvas[target..].iter_mut().zip(pixels) {
                            *pixel = rgba.to_le_bytes();
                        }
                    }
                }
                4 => {
                    let id = words(1)[0];
                    let rgba = words(across * down).iter().flat_map(|pixel| pixel.to_le_bytes()).collect();
                    self.shape = Some((id, [x, y, w, h], rgba));
                }
                5 => self.pointer = Some((x.cast_signed(), y.cast_signed(), w)),
                other => panic!("kind {other}"),
            }
        }
        assert!(rest.is_empty(), "{} bytes to spare", rest.len());
    }

    fn drain(&mut self, batch: &mut PageBatch, framebuffer: &Framebuffer) {
        let mut ticks = 0;
        while let Some(bytes) = batch.take(framebuffer, 1) {
            self.execute(&bytes);
            ticks += 1;
            assert!(ticks < 5_000, "the page is never done");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_canvas_converges_to_the_framebuffer(
        events in events(),
        ticks in prop::collection::vec(any::<bool>(), 14),
        pixel_bytes_max in prop_oneof![Just(1_usize), 500..60_000_usize],
        budget in prop_oneof![Just(usize::MAX), 0..30_000_usize],
        reload_at in 0..40_usize,
    ) {
        let mut pair = Pair::new(Desk::new(333, 251));
        let (mut batch, mut page) = (PageBatch::new(pixel_bytes_max), Page::default());
        batch.add(pair.send_all(budget));
        for (nth, (event, tick)) in events.iter().zip(ticks).enumerate() {
            batch.add(pair.happen(event, budget));
            if nth == reload_at {
                page = Page::default();
                batch.repaint(&pair.framebuffer);
            }
            if tick && let Some(bytes) = batch.take(&pair.framebuffer, nth as u32) {
                page.execute(&bytes);
                prop_assert_eq!(page.frame, nth as u32);
                let row = 4 * page.width;
                prop_assert!(page.pixel_bytes <= pixel_bytes_max.max(row), "{} bytes", page.pixel_bytes);
            }
        }
        page.drain(&mut batch, &pair.framebuffer);
        prop_assert!(page.canvas == shown(&pair.framebuffer));
    }
}

#[test]
fn many_moves_between_two_ticks_become_pixels_and_stay_right() {
    let mut pair = Pair::new(Desk::new(256, 256));
    pair.desk.text(pair.desk.size.rect(), 1);
    let (mut batch, mut page) = (PageBatch::new(10_000), Page::default());
    batch.add(pair.send_all(usize::MAX));
    for nth in 0..1_500_u32 {
        let place = beside_screen::Rect { x: nth % 3 * 16, y: nth % 5 * 16, width: 96, height: 96 };
        pair.desk.fill(place, [nth as u8, 1, 2]);
        batch.add(pair.send_all(usize::MAX));
    }
    page.drain(&mut batch, &pair.framebuffer);
    assert!(page.canvas == shown(&pair.framebuffer));
}

#[test]
fn the_pointer_reaches_the_page() {
    let mut pair = Pair::new(Desk::new(64, 64));
    let (mut batch, mut page) = (PageBatch::new(PageBatch::PIXEL_BYTES), Page::default());
    batch.set_pointer(PointerPlace { x: 1, y: 1, shape: 5 });
    assert_eq!(batch.take(&pair.framebuffer, 0), None, "there is no picture yet");
    let shape = pointer_shape(5);
    let encoded = pair.encoder.encode(pair.desk.view(), &Damage::none(), 1_000, Some(&shape)).unwrap();
    batch.add(pair.apply(&encoded));
    batch.set_pointer(PointerPlace { x: -7, y: 9, shape: 5 });
    page.execute(&batch.take(&pair.framebuffer, 1).unwrap());
    assert_eq!(page.shape, Some((5, [3, 4, 24, 20], shape.rgba().to_vec())));
    assert_eq!(page.pointer, Some((-7, 9, 5)));
    assert!(batch.is_empty());
    assert_eq!(batch.take(&pair.framebuffer, 1), None);

    let mut reloaded = Page::default();
    batch.repaint(&pair.framebuffer);
    reloaded.drain(&mut batch, &pair.framebuffer);
    assert_eq!(reloaded.shape, page.shape);
    assert!(reloaded.canvas == shown(&pair.framebuffer));
}
