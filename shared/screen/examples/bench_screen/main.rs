//! Measures the coding of painted workloads and writes the figures as JSON, for `cargo xtask bench screen`.
//!
//! For every workload: milliseconds to encode and to apply a frame and its kilobytes, as median and range, and how many
//! frames left the viewer with the exact picture. Every frame that claims to is compared with the screen. An argument
//! names the only workload to measure.
#![expect(clippy::expect_used, reason = "a benchmark whose own frames are unsound should stop")]

mod desk;

use beside_screen::{Damage, Encoder, EncoderSettings, Framebuffer, Rect};
use desk::Desk;
use std::io::Write;
use std::time::Instant;

const FRAMES: u32 = 60;
/// What a path of 50 Mbit/s carries in 30 ms.
const BUDGET: usize = 190_000;

/// One frame's change of the screen; what changed, as the system would report it.
type Change = fn(&mut Desk, u32) -> Damage;

fn main() -> std::io::Result<()> {
    let workloads: [(&str, usize, Change); 8] = [
        ("idle", BUDGET, |_, _| Damage::none()),
        ("idle_all_damaged", BUDGET, |desk, _| Damage::all(desk.size)),
        ("typing", BUDGET, typing),
        ("scroll", BUDGET, scroll),
        ("drag", BUDGET, drag),
        ("video", BUDGET, video),
        ("video_lossless", usize::MAX, video),
        ("switch", usize::MAX, switch),
    ];
    let mut lines = Vec::new();
    let wanted = std::env::args().nth(1);
    for (name, budget, change) in
        workloads.into_iter().filter(|(name, ..)| wanted.as_deref().is_none_or(|it| it == *name))
    {
        lines.push(format!("  \"{name}\": {}", measure(budget, change)));
    }
    writeln!(std::io::stdout().lock(), "{{\n{}\n}}", lines.join(",\n"))
}

fn measure(budget: usize, change: Change) -> String {
    let mut desk = desktop();
    let mut encoder = Encoder::new(desk.size, EncoderSettings::default());
    let mut framebuffer = Framebuffer::new();
    let (mut encode_ms, mut apply_ms, mut kilobytes, mut exact) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for nth in 0..=FRAMES {
        let damage = if nth == 0 { Damage::all(desk.size) } else { change(&mut desk, nth) };
        let start = now();
        let encoded = encoder.encode(desk.view(), &damage, if nth == 0 { usize::MAX } else { budget }, None);
        let encode = start.elapsed().as_secs_f64() * 1e3;
        let bytes = encoded.as_ref().map_or(0, |encoded| encoded.bytes.len());
        let start = now();
        if let Some(encoded) = &encoded {
            framebuffer.apply(&encoded.bytes).expect("our own frame is sound");
        }
        let apply = start.elapsed().as_secs_f64() * 1e3;
        if framebuffer.is_exact() {
            assert!(shows(&framebuffer, &desk), "frame {nth} claims to be exact and is not");
        }
        // The first frame is a workload of its own: "switch" is made of such.
        if nth > 0 {
            encode_ms.push(encode);
            apply_ms.push(apply);
            kilobytes.push(bytes as f64 / 1e3);
            exact += u32::from(framebuffer.is_exact());
        }
    }
    let (encode, apply, kilobytes) = (figures(encode_ms), figures(apply_ms), figures(kilobytes));
    format!(
        "{{\"encode_ms\": {encode}, \"apply_ms\": {apply}, \"kilobytes\": {kilobytes}, \"exact_frames\": {exact}, \"frames\": {FRAMES}}}"
    )
}

fn figures(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let (least, most) = (values[0], values[values.len() - 1]);
    format!("{{\"median\": {:.2}, \"least\": {least:.2}, \"most\": {most:.2}}}", values[values.len() / 2])
}

fn shows(framebuffer: &Framebuffer, desk: &Desk) -> bool {
    let mut rgba = Vec::new();
    framebuffer.copy_rect_rgba(desk.size.rect(), &mut rgba);
    let rows = rgba.chunks_exact(desk.size.width() as usize * 4).zip(desk.bytes.chunks_exact(desk.stride));
    rows.flat_map(|(shown, captured)| shown.chunks_exact(4).zip(captured.chunks_exact(4)))
        .all(|(shown, captured)| shown == [captured[2], captured[1], captured[0], 255])
}

/// A text editor, a browser with a picture, a panel and a flat background, at 1920×1080.
fn desktop() -> Desk {
    let mut desk = Desk::new(1920, 1080);
    desk.fill(desk.size.rect(), [48, 84, 120]);
    desk.fill(rect(0, 1040, 1920, 40), [30, 30, 34]);
    desk.text(rect(20, 20, 900, 1000), 1);
    desk.text(rect(960, 20, 900, 400), 2);
    desk.photo(rect(960, 420, 900, 600), 3);
    desk
}

fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

fn damage(rects: &[Rect]) -> Damage {
    let mut damage = Damage::none();
    rects.iter().for_each(|rect| damage.add(*rect));
    damage
}

/// One letter more.
fn typing(desk: &mut Desk, nth: u32) -> Damage {
    let letter = rect(20 + nth * 8, 200, 8, 18);
    desk.text(letter, nth);
    damage(&[letter])
}

/// A page of text goes up by 48 pixels.
fn scroll(desk: &mut Desk, nth: u32) -> Damage {
    if nth == 1 {
        desk.text(desk.size.rect(), 1);
    }
    let (width, height) = (desk.size.width(), desk.size.height());
    desk.shift(rect(0, 0, width, height - 48), (0, 48));
    desk.text(rect(0, height - 48, width, 48), nth);
    Damage::all(desk.size)
}

/// A window of 800×600 goes right and down over a background of text.
fn drag(desk: &mut Desk, nth: u32) -> Damage {
    let window = |nth: u32| rect(100 + nth * 9, 100 + nth * 5, 800, 600);
    if nth == 1 {
        desk.text(window(0), 9);
    }
    let (old, new) = (window(nth - 1), window(nth));
    desk.shift(new, (old.x, old.y));
    for uncovered in old.without(new) {
        desk.text(uncovered, 7);
    }
    damage(&[old, new])
}

/// A film of 960×540.
fn video(desk: &mut Desk, nth: u32) -> Damage {
    let film = rect(400, 300, 960, 540);
    desk.photo(film, nth);
    damage(&[film])
}

/// Another application in front, all over the screen.
fn switch(desk: &mut Desk, nth: u32) -> Damage {
    desk.fill(rect(0, 0, 1920, 1040), [(nth % 200) as u8, 60, 90]);
    desk.text(rect(10, 30, 1200, 1000), nth);
    desk.photo(rect(1240, 30, 600, 500), nth);
    Damage::all(desk.size)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is at the rim and reads the clock")]
fn now() -> Instant {
    Instant::now()
}
