//! From the screen to the framebuffer.

use crate::desk::Desk;
use crate::viewer::{Pair, captured, events, pointer_shape, shown};
use beside_screen::{Damage, Drawn, Encoder, EncoderSettings, FrameView, Framebuffer, PictureError, Rect, Size};
use proptest::prelude::*;

fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_viewer_converges_to_the_screen_whatever_happens(
        events in events(),
        budget in prop_oneof![Just(usize::MAX), 0..30_000_usize],
    ) {
        let mut pair = Pair::new(Desk::new(333, 251));
        pair.send_all(budget);
        for event in &events {
            pair.happen(event, budget);
            if budget == usize::MAX {
                prop_assert!(pair.encoder.is_exact() && pair.shows_the_desk(), "after {event:?}");
            }
        }
        pair.refine_all(5_000);
        prop_assert!(pair.encoder.is_exact() && pair.shows_the_desk());
    }

    #[test]
    fn scrolling_by_any_amount_is_a_move_and_a_strip(across in -90..=90_i32, down in -90..=90_i32) {
        prop_assume!((across, down) != (0, 0));
        let mut pair = Pair::new(Desk::new(640, 480));
        let screen = pair.desk.size.rect();
        pair.desk.text(screen, 5);
        pair.send_all(usize::MAX);

        let target = rect(across.max(0) as u32, down.max(0) as u32, 640 - across.unsigned_abs(), 480 - down.unsigned_abs());
        let from = ((-across).max(0) as u32, (-down).max(0) as u32);
        pair.desk.shift(target, from);
        for uncovered in screen.without(target) {
            pair.desk.text(uncovered, 99);
        }
        let encoded = pair.encoder.encode(pair.desk.view(), &Damage::all(pair.desk.size), usize::MAX, None).unwrap();
        pair.apply(&encoded);
        prop_assert!(pair.shows_the_desk());
        let strip = screen.pixels() - target.pixels();
        prop_assert!(encoded.stats.copied >= target.pixels() * 9 / 10, "moved {}", encoded.stats.copied);
        prop_assert!(encoded.stats.lossless <= strip + screen.pixels() / 10, "sent {}", encoded.stats.lossless);
    }
}

#[test]
fn a_dragged_window_is_a_move() {
    let mut pair = Pair::new(Desk::new(800, 600));
    pair.desk.fill(pair.desk.size.rect(), [10, 80, 60]);
    pair.desk.text(rect(101, 67, 300, 250), 8);
    pair.send_all(usize::MAX);
    pair.desk.shift(rect(118, 74, 300, 250), (101, 67));
    for uncovered in rect(101, 67, 300, 250).without(rect(118, 74, 300, 250)) {
        pair.desk.fill(uncovered, [10, 80, 60]);
    }
    let drawn = pair.send_all(usize::MAX);
    assert!(pair.shows_the_desk());
    let moved: u64 = drawn.iter().map(|step| if let Drawn::Copy { rect, .. } = step { rect.pixels() } else { 0 }).sum();
    assert!(moved > 300 * 250 * 9 / 10, "moved {moved}");
}

#[test]
fn nothing_new_is_no_frame() {
    let mut pair = Pair::new(Desk::new(320, 240));
    let all = Damage::all(pair.desk.size);
    assert!(!pair.send_all(usize::MAX).is_empty());
    assert_eq!(pair.encoder.encode(pair.desk.view(), &all, 1_000, None), None);
    assert_eq!(pair.encoder.refine(1_000), None);
    // The byte beside the colours means nothing.
    for pixel in pair.desk.bytes.chunks_exact_mut(4) {
        pixel[3] ^= 0xFF;
    }
    assert_eq!(pair.encoder.encode(pair.desk.view(), &all, 1_000, None), None);
}

#[test]
fn a_letter_takes_less_than_a_kilobyte() {
    let mut pair = Pair::new(Desk::new(1280, 720));
    pair.desk.text(pair.desk.size.rect(), 1);
    pair.send_all(usize::MAX);
    for letter in 0..40 {
        let place = rect(16 + letter * 9, 205, 8, 18);
        pair.desk.text(place, letter + 7);
        let mut damage = Damage::none();
        damage.add(rect(0, 190, 1280, 40));
        if let Some(encoded) = pair.encoder.encode(pair.desk.view(), &damage, 100_000, None) {
            assert!(encoded.bytes.len() <= 1_000, "{} bytes", encoded.bytes.len());
            pair.apply(&encoded);
        }
        assert!(pair.shows_the_desk());
    }
}

#[test]
fn a_film_keeps_to_the_budget_and_becomes_exact_when_it_stops() {
    let mut pair = Pair::new(Desk::new(800, 600));
    pair.send_all(usize::MAX);
    let (film, budget) = (rect(90, 70, 480, 360), 40_000);
    let mut sizes = Vec::new();
    for seed in 0..20 {
        pair.desk.photo(film, seed);
        let encoded = pair.encoder.encode(pair.desk.view(), &Damage::all(pair.desk.size), budget, None).unwrap();
        pair.apply(&encoded);
        assert!(!encoded.exact);
        sizes.push(encoded.bytes.len());
    }
    assert!(sizes[5..].iter().all(|size| *size < budget * 3 / 2), "{sizes:?}");
    assert!(!pair.shows_the_desk());
    let frames = pair.refine_all(budget);
    assert!(pair.encoder.is_exact() && pair.shows_the_desk());
    assert!(frames > 1, "the budget did not count");
}

#[test]
fn what_the_operator_looks_at_becomes_exact_first() {
    let mut pair = Pair::new(Desk::new(640, 480));
    pair.desk.photo(pair.desk.size.rect(), 4);
    pair.send_all(1);
    pair.encoder.set_focus(600, 440);
    let refined = pair.encoder.refine(1).expect("there is something to refine");
    let drawn = pair.apply(&refined);
    let [Drawn::Pixels { rect: first }] = drawn[..] else { panic!("one tile, not {drawn:?}") };
    assert!(first.contains(rect(600, 440, 1, 1)), "{first:?}");
}

#[test]
fn a_refreshed_picture_rests_on_nothing_before_it() {
    let mut pair = Pair::new(Desk::new(300, 200));
    pair.desk.text(pair.desk.size.rect(), 3);
    pair.send_all(usize::MAX);
    let shape = pointer_shape(7);
    let shaped = pair.encoder.encode(pair.desk.view(), &Damage::none(), 1_000, Some(&shape)).unwrap();
    pair.apply(&shaped);
    assert_eq!(pair.encoder.encode(pair.desk.view(), &Damage::none(), 1_000, Some(&shape)), None);

    pair.encoder.refresh();
    let fresh = pair.encoder.encode(pair.desk.view(), &Damage::none(), usize::MAX, Some(&shape)).unwrap();
    let mut newcomer = Framebuffer::new();
    assert_eq!(newcomer.apply(&shaped.bytes), Err(PictureError::OutOfStep));
    newcomer.apply(&fresh.bytes).unwrap();
    assert_eq!(shown(&newcomer), captured(&pair.desk));
    assert_eq!(newcomer.pointer_shape(), Some(&shape));
}

#[test]
fn a_frame_of_another_size_starts_over() {
    let mut encoder = Encoder::new(Size::new(100, 100).unwrap(), EncoderSettings::default());
    let mut framebuffer = Framebuffer::new();
    for (width, height) in [(100, 100), (1, 1), (333, 7), (31, 500)] {
        let mut desk = Desk::new(width, height);
        desk.photo(desk.size.rect(), width);
        let encoded = encoder.encode(desk.view(), &Damage::none(), usize::MAX, None).unwrap();
        let drawn = framebuffer.apply(&encoded.bytes).unwrap();
        assert_eq!(drawn[0], Drawn::Resized(desk.size));
        assert_eq!(shown(&framebuffer), captured(&desk));
    }
}

#[test]
fn sizes_and_rows_that_cannot_be_are_refused() {
    for (width, height) in [(0, 1), (1, 0), (16_385, 1), (1, 16_385), (16_384, 4_097)] {
        assert_eq!(Size::new(width, height), Err(PictureError::Size { width, height }));
    }
    let size = Size::new(10, 10).unwrap();
    for (stride, length) in [(39, 400), (40, 399), (usize::MAX, 400), (44, 435)] {
        assert_eq!(FrameView::new(size, stride, &vec![0; length]).err(), Some(PictureError::Rows));
    }
    assert!(FrameView::new(size, 44, &[0; 436]).is_ok());
}
