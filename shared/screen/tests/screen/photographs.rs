//! Approximated pictures are good enough to work with.

use crate::desk::Desk;
use crate::viewer::{Pair, captured, shown};

/// Peak signal-to-noise ratio over all three channels, in decibels.
fn psnr(left: &[[u8; 4]], right: &[[u8; 4]]) -> f64 {
    let samples =
        left.iter().zip(right).flat_map(|(left, right)| (0..3).map(move |c| f64::from(left[c]) - f64::from(right[c])));
    let squares: f64 = samples.map(|difference| difference * difference).sum();
    10.0 * (255.0 * 255.0 * 3.0 * left.len() as f64 / squares).log10()
}

#[test]
fn a_photograph_is_close_to_the_screen_and_closer_when_there_is_room() {
    let decibels = [20_000, 60_000].map(|budget| {
        let mut pair = Pair::new(Desk::new(512, 384));
        for seed in 0..12 {
            pair.desk.photo(pair.desk.size.rect(), seed);
            pair.send_all(budget);
        }
        assert!(!pair.encoder.is_exact());
        psnr(&shown(&pair.framebuffer), &captured(&pair.desk))
    });
    assert!(decibels[0] > 33.0 && decibels[1] > 37.0 && decibels[0] < decibels[1], "{decibels:?} dB");
}

#[test]
fn text_is_exact_even_beside_a_film() {
    let mut pair = Pair::new(Desk::new(640, 480));
    let (film, text) = (
        beside_screen::Rect { x: 0, y: 0, width: 320, height: 480 },
        beside_screen::Rect { x: 320, y: 0, width: 320, height: 480 },
    );
    pair.desk.photo(film, 2);
    pair.desk.text(text, 2);
    pair.send_all(10_000);
    assert!(!pair.encoder.is_exact());
    let (shown, captured) = (shown(&pair.framebuffer), captured(&pair.desk));
    let rows = shown.chunks_exact(640).zip(captured.chunks_exact(640));
    assert!(rows.into_iter().all(|(shown, captured)| shown[320..] == captured[320..]));
}
