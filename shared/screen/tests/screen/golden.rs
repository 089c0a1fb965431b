//! The very bytes of `docs/protocol-picture.md`.

use crate::desk::Desk;
use crate::viewer::Pair;
use beside_screen::{Damage, Drawn, Encoder, EncoderSettings, PageBatch, Rect};

fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

/// The frame that starts a picture of 256×64 pixels in one colour.
const FIRST: [u8; 22] = [
    1, 0b111, 0x01, 0x00, 0x00, 0x40, 0, 1, 0, 0, // version, flags, width, height, operations, colours
    2, 0, 0, 0, 0, 0x01, 0x00, 0x00, 0x40, 10, 20, 30, // FILL x, y, width, height, red, green, blue
];

/// The next one, in which two pixels become red and white.
const SECOND: [u8; 28] = [
    1, 0b110, 0x01, 0x00, 0x00, 0x40, 0, 1, 0, 2, // exact, and its pixels are stored
    3, 0, 5, 0, 6, 0, 2, 0, 1, 1, // LOSSLESS x, y, width, height, coding
    0, 1, // the pixels' colours
    0, 0, 255, 255, 255, 255, // the palette: blue, green, red
];

#[test]
fn frames_are_written_as_the_document_says() {
    let mut pair = Pair::new(Desk::new(256, 64));
    pair.desk.fill(pair.desk.size.rect(), [10, 20, 30]);
    let first = pair.encoder.encode(pair.desk.view(), &Damage::none(), 1_000, None).unwrap();
    assert_eq!(first.bytes, FIRST);
    pair.apply(&first);

    pair.desk.fill(rect(5, 6, 1, 1), [255, 0, 0]);
    pair.desk.fill(rect(6, 6, 1, 1), [255, 255, 255]);
    let second = pair.encoder.encode(pair.desk.view(), &Damage::all(pair.desk.size), 1_000, None).unwrap();
    assert_eq!(second.bytes, SECOND);
    assert_eq!(pair.apply(&second), [Drawn::Pixels { rect: rect(5, 6, 2, 1) }]);
}

#[test]
fn a_move_is_written_as_the_document_says() {
    let mut pair = Pair::new(Desk::new(256, 256));
    pair.desk.text(pair.desk.size.rect(), 1);
    pair.send_all(usize::MAX);
    pair.desk.shift(rect(0, 0, 256, 240), (0, 16));
    let encoded = pair.encoder.encode(pair.desk.view(), &Damage::all(pair.desk.size), usize::MAX, None).unwrap();
    let copy = [1, 0, 0, 0, 0, 1, 0, 0, 240, 0, 0, 0, 16]; // COPY x, y, width, height, from x, from y
    assert_eq!(encoded.bytes, [&[1, 0b110, 1, 0, 1, 0, 0, 1, 0, 0][..], &copy].concat());
}

#[test]
fn batches_are_written_as_the_document_says() {
    let mut pair = Pair::new(Desk::new(256, 64));
    pair.desk.fill(pair.desk.size.rect(), [10, 20, 30]);
    let mut batch = PageBatch::new(PageBatch::PIXEL_BYTES);
    batch.add(pair.send_all(1_000));
    let words: [u32; 10] = [256, 64, 1, 1, 2, 0, 0, 256, 64, 0xFF1E_140A];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(batch.take(&pair.framebuffer, 1), Some(bytes));
}

/// What is drawn does not depend on anything but what was captured.
#[test]
fn the_same_screens_give_the_same_frames() {
    let frames = || {
        let mut desk = Desk::new(640, 480);
        let mut encoder = Encoder::new(desk.size, EncoderSettings::default());
        let mut frames = Vec::new();
        for nth in 0..6 {
            desk.text(rect(0, nth * 40, 400, 300), 3);
            desk.photo(rect(300, 100, 300, 300), nth);
            frames.push(encoder.encode(desk.view(), &Damage::all(desk.size), 20_000, None));
        }
        frames
    };
    assert_eq!(frames(), frames());
}
