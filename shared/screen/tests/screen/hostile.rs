//! Frames from a stranger.

use crate::desk::Desk;
use crate::viewer::{Pair, pointer_shape, shown};
use beside_screen::{Damage, Encoder, EncoderSettings, Framebuffer, PictureError};
use proptest::prelude::*;

/// A frame that has every kind of operation but the move.
fn rich_frame() -> Vec<u8> {
    let mut desk = Desk::new(320, 256);
    let rect = |x, y, width, height| beside_screen::Rect { x, y, width, height };
    desk.text(rect(0, 0, 160, 128), 1);
    desk.photo(rect(160, 0, 160, 128), 2);
    desk.photo(rect(64, 192, 64, 32), 3);
    let mut encoder = Encoder::new(desk.size, EncoderSettings::default());
    let encoded = encoder.encode(desk.view(), &Damage::none(), 10_000, Some(&pointer_shape(3))).unwrap();
    assert!(encoded.stats.lossy > 0 && encoded.stats.filled > 0 && encoded.stats.lossless > 0);
    encoded.bytes
}

/// A viewer, and its next frame, which moves.
fn moving_frame() -> (Framebuffer, Vec<u8>) {
    let mut pair = Pair::new(Desk::new(320, 256));
    pair.desk.text(pair.desk.size.rect(), 6);
    pair.send_all(usize::MAX);
    pair.desk.shift(beside_screen::Rect { x: 0, y: 0, width: 320, height: 239 }, (0, 17));
    let encoded = pair.encoder.encode(pair.desk.view(), &Damage::all(pair.desk.size), usize::MAX, None).unwrap();
    assert!(encoded.stats.copied > 0);
    (pair.framebuffer, encoded.bytes)
}

/// A frame whose header says this; no operation, no pixel.
fn header(version: u8, flags: u8, fields: [u16; 4]) -> Vec<u8> {
    let mut bytes = vec![version, flags];
    bytes.extend(fields.iter().flat_map(|field| field.to_be_bytes()));
    bytes
}

/// The frame, with operations after its header.
fn with(mut frame: Vec<u8>, operations: &[&[u16]], kinds: &[u8]) -> Vec<u8> {
    for (kind, fields) in kinds.iter().zip(operations) {
        frame.push(*kind);
        frame.extend(fields.iter().flat_map(|field| field.to_be_bytes()));
    }
    frame
}

fn refusal(frame: &[u8]) -> PictureError {
    Framebuffer::new().apply(frame).expect_err("the frame is wrong")
}

#[test]
fn every_impossible_number_is_refused_by_name() {
    let size = PictureError::Size { width: 0, height: 5 };
    assert_eq!(refusal(&[]), PictureError::Short);
    assert_eq!(refusal(&header(2, 1, [5, 5, 0, 0])), PictureError::Version(2));
    assert_eq!(refusal(&header(1, 1 << 7, [5, 5, 0, 0])), PictureError::Value("flag"));
    assert_eq!(refusal(&header(1, 1, [0, 5, 0, 0])), size);
    assert_eq!(refusal(&header(1, 1, [16_384, 16_384, 0, 0])), PictureError::Size { width: 16_384, height: 16_384 });
    assert_eq!(refusal(&header(1, 1, [5, 5, 16_385, 0])), PictureError::Value("number of operations"));
    assert_eq!(refusal(&header(1, 1, [5, 5, 0, 257])), PictureError::Value("number of colours"));
    assert_eq!(refusal(&header(1, 0, [5, 5, 0, 0])), PictureError::OutOfStep);
    assert_eq!(refusal(&header(1, 1, [5, 5, 1, 0])), PictureError::Short);
    let one = || header(1, 1, [5, 5, 1, 0]);
    assert_eq!(refusal(&with(one(), &[&[]], &[9])), PictureError::Value("operation"));
    assert_eq!(refusal(&with(one(), &[&[0, 0, 6, 1, 0, 0]], &[1])), PictureError::Value("rectangle"));
    assert_eq!(refusal(&with(one(), &[&[0, 0, 2, 2, 4, 0]], &[1])), PictureError::Value("rectangle"));
    assert_eq!(refusal(&with(one(), &[&[0, 0, 0, 1, 0, 0]], &[1])), PictureError::Value("rectangle"));
    assert_eq!(
        refusal(&with(one(), &[&[65_535, 65_535, 65_535, 65_535, 0, 0]], &[2])),
        PictureError::Value("rectangle")
    );
    assert_eq!(refusal(&with(one(), &[&[0, 0, 5, 5, 0x0300]], &[3])), PictureError::Value("coding"));
    assert_eq!(refusal(&with(one(), &[&[0, 0, 5, 5, 0x6500, 0, 0]], &[4])), PictureError::Value("quality"));
    assert_eq!(refusal(&with(one(), &[&[0, 9, 0, 0, 257, 257]], &[5])), PictureError::PointerShape);
    assert_eq!(refusal(&with(one(), &[&[0, 0, 0, 0, 2, 2]], &[5])), PictureError::PointerShape);
    let mut rest = header(1, 1, [5, 5, 0, 0]);
    rest.push(0);
    assert_eq!(refusal(&rest), PictureError::Pixels);
}

#[test]
fn work_without_end_is_refused() {
    let whole: &[u16] = &[0, 0, 5, 5, 0, 0];
    let copies = |count: usize| with(header(1, 1, [5, 5, count as u16, 0]), &vec![whole; count], &vec![1; count]);
    assert!(Framebuffer::new().apply(&copies(4)).is_ok());
    assert_eq!(refusal(&copies(5)), PictureError::Value("amount of work"));
}

#[test]
fn a_little_that_claims_to_be_much_is_refused_before_room_is_made() {
    // Sixty-four million pixels, said to be packed in nothing, in rubbish, and in a zstd frame of one repeated byte.
    let frame = |packed: &[u8]| {
        let mut bytes = header(1, 1, [16_384, 4_096, 1, 0]);
        bytes.push(3);
        bytes.extend([0, 0, 16_384_u16, 4_096].iter().flat_map(|field| field.to_be_bytes()));
        bytes.push(0);
        bytes.extend_from_slice(packed);
        bytes
    };
    assert_eq!(refusal(&frame(&[])), PictureError::Pixels);
    assert_eq!(refusal(&frame(&[7; 40])), PictureError::Pixels);
    let bomb = zstd::bulk::compress(&vec![0; 1 << 20], 1).unwrap();
    assert_eq!(refusal(&frame(&bomb)), PictureError::Pixels);
}

#[test]
fn a_colour_beyond_the_palette_is_refused() {
    let mut frame = header(1, 1 | 4, [2, 1, 1, 1]);
    frame.extend([3, 0, 0, 0, 0, 0, 2, 0, 1, 1]);
    let good = [frame.clone(), vec![0, 0, 10, 20, 30]].concat();
    let bad = [frame, vec![0, 1, 10, 20, 30]].concat();
    let mut framebuffer = Framebuffer::new();
    framebuffer.apply(&good).unwrap();
    assert_eq!(shown(&framebuffer), [[30, 20, 10, 255]; 2]);
    assert_eq!(refusal(&bad), PictureError::Value("colour"));
}

#[test]
fn a_photograph_with_markers_in_it_is_refused() {
    for scan in [&[0xFF, 0xC0, 0, 17][..], &[0x12, 0xFF]] {
        let mut frame = header(1, 1, [16, 16, 1, 0]);
        frame.push(4);
        frame.extend([0, 0, 16_u16, 16].iter().flat_map(|field| field.to_be_bytes()));
        frame.push(80);
        frame.extend((scan.len() as u32).to_be_bytes());
        frame.extend_from_slice(scan);
        assert_eq!(refusal(&frame), PictureError::Photo, "{scan:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_a_frame_or_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..300), honest: bool) {
        if honest && bytes.len() > 10 {
            bytes[..10].copy_from_slice(&header(1, 1, [40, 40, 4, 2]));
        }
        let _ = Framebuffer::new().apply(&bytes);
    }

    #[test]
    fn a_damaged_frame_changes_nothing_or_is_a_frame(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let honest = rich_frame();
        let mut framebuffer = Framebuffer::new();
        framebuffer.apply(&honest).unwrap();
        let before = shown(&framebuffer);
        let mut frame = honest;
        for (at, byte) in damage {
            let at = at.index(frame.len());
            frame[at] ^= byte;
        }
        if let Some(cut) = cut {
            frame.truncate(cut.index(frame.len()));
        }
        if framebuffer.apply(&frame).is_err() {
            prop_assert_eq!(shown(&framebuffer), before);
        }
    }

    #[test]
    fn a_damaged_move_changes_nothing_or_is_a_frame(at: prop::sample::Index, byte: u8) {
        let (mut framebuffer, moving) = moving_frame();
        let before = shown(&framebuffer);
        let mut frame = moving;
        let at = at.index(frame.len());
        frame[at] ^= byte;
        if framebuffer.apply(&frame).is_err() {
            prop_assert_eq!(shown(&framebuffer), before);
        }
    }
}
