//! A picture behind the windows, as people have one: soft slopes and fine grain, which no coder finds easy.

/// One row of `width` pixels, four bytes each as an X server with 24 bits a pixel takes them: blue, green, red, nothing.
pub(crate) fn row(width: u16, height: u16, y: u16) -> Vec<u8> {
    (0..width).flat_map(|x| pixel(f64::from(x) / f64::from(width), f64::from(y) / f64::from(height), x, y)).collect()
}

fn pixel(across: f64, down: f64, x: u16, y: u16) -> [u8; 4] {
    let hill = |height: f64, waves: f64, shift: f64| height + 0.06 * (across * waves + shift).sin();
    let sky = (0.35 + 0.45 * down, 0.55 + 0.25 * down, 0.80);
    let near = down > hill(0.82, 7.0, 1.0);
    let far = down > hill(0.66, 4.0, 2.5);
    let (red, green, blue) = match (near, far) {
        (true, _) => (0.13, 0.30 - 0.1 * (down - 0.8), 0.24),
        (false, true) => (0.25, 0.45, 0.42),
        (false, false) => sky,
    };
    let grain = f64::from(grain(x, y)) / 255.0 * 0.03;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte's range")]
    let byte = |value: f64| ((value + grain).clamp(0.0, 1.0) * 255.0) as u8;
    [byte(blue), byte(green), byte(red), 0]
}

/// A byte that looks random but is the same at every run.
fn grain(x: u16, y: u16) -> u8 {
    let mixed = (u32::from(x) << 16 | u32::from(y)).wrapping_mul(0x9e37_79b9);
    ((mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca6b) >> 24) as u8
}
