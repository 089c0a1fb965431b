//! Exact pixels, written so that a general compressor does well on them.
//!
//! The filter is the median edge detector of LOCO-I (Weinberger, Seroussi, Sapiro 2000) over green, red − green and
//! blue − green.

use crate::Rect;
use crate::canvas::{Canvas, RGBA};
use crate::format::Coding;
use crate::surface::Surface;

/// Appends blue, green and red of every pixel.
pub(crate) fn put_raw(surface: &Surface, rect: Rect, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + Coding::Raw.bytes(rect), 0);
    let mut rest = out[start..].chunks_exact_mut(3);
    for y in rect.y..rect.bottom() {
        for (pixel, bytes) in surface.row(rect, y).iter().zip(&mut rest) {
            bytes.copy_from_slice(&pixel.to_le_bytes()[..3]);
        }
    }
}

/// Appends three planes of differences to the prediction.
pub(crate) fn put_filtered(surface: &Surface, rect: Rect, out: &mut Vec<u8>) {
    let width = rect.width as usize;
    let start = out.len();
    out.resize(start + Coding::Filtered.bytes(rect), 0);
    let plane = width * rect.height as usize;
    for (channel, differences) in out[start..].chunks_exact_mut(plane).enumerate() {
        // One sample to the left of the row, which repeats the first one of the row above.
        let (mut above, mut row) = (vec![0; width + 1], vec![0; width + 1]);
        for (y, differences) in (rect.y..).zip(differences.chunks_exact_mut(width)) {
            row[0] = above[1];
            for (sample, &pixel) in row[1..].iter_mut().zip(surface.row(rect, y)) {
                *sample = channel_of(channel, pixel);
            }
            let left = row[..width].iter().zip(&above[..width]);
            for ((difference, (&left, &corner)), (&sample, &up)) in
                differences.iter_mut().zip(left).zip(row[1..].iter().zip(&above[1..]))
            {
                *difference = sample.wrapping_sub(predict(left, up, corner));
            }
            std::mem::swap(&mut above, &mut row);
        }
    }
}

/// Paints a rectangle from as many bytes as its coding needs. The palette holds every number in them.
pub(crate) fn paint(coding: Coding, bytes: &[u8], palette: &[[u8; 3]], canvas: &mut Canvas, rect: Rect) {
    let width = rect.width as usize;
    match coding {
        Coding::Raw => {
            for (row, bytes) in canvas.rows_mut(rect).zip(bytes.chunks_exact(3 * width)) {
                for (pixel, bgr) in row.as_chunks_mut::<RGBA>().0.iter_mut().zip(bytes.as_chunks::<3>().0) {
                    *pixel = rgba(*bgr);
                }
            }
        }
        Coding::Palette => {
            // As many colours as a byte can name, so that looking one up needs no check.
            let mut colours = [[0; RGBA]; 256];
            colours.iter_mut().zip(palette).for_each(|(colour, bgr)| *colour = rgba(*bgr));
            for (row, numbers) in canvas.rows_mut(rect).zip(bytes.chunks_exact(width)) {
                for (pixel, &number) in row.as_chunks_mut::<RGBA>().0.iter_mut().zip(numbers) {
                    *pixel = colours[usize::from(number)];
                }
            }
        }
        Coding::Filtered => paint_filtered(bytes, canvas, rect),
    }
}

fn rgba([blue, green, red]: [u8; 3]) -> [u8; RGBA] {
    [red, green, blue, u8::MAX]
}

fn paint_filtered(bytes: &[u8], canvas: &mut Canvas, rect: Rect) {
    let width = rect.width as usize;
    let (green, others) = bytes.split_at(bytes.len() / 3);
    let (red, blue) = others.split_at(others.len() / 2);
    let mut above = vec![[0; 3]; width + 1];
    let rows = green.chunks_exact(width).zip(red.chunks_exact(width)).zip(blue.chunks_exact(width));
    for (pixels, ((green, red), blue)) in canvas.rows_mut(rect).zip(rows) {
        let mut left = above[1];
        let mut corner = left;
        let differences = green.iter().zip(red).zip(blue);
        for ((pixel, up), ((&green, &red), &blue)) in
            pixels.chunks_exact_mut(RGBA).zip(&mut above[1..]).zip(differences)
        {
            let sample = |channel: usize, difference: u8| {
                predict(left[channel], up[channel], corner[channel]).wrapping_add(difference)
            };
            let now = [sample(0, green), sample(1, red), sample(2, blue)];
            let [green, red, blue] = now;
            pixel.copy_from_slice(&[red.wrapping_add(green), green, blue.wrapping_add(green), u8::MAX]);
            corner = *up;
            left = now;
            *up = now;
        }
    }
}

fn channel_of(channel: usize, pixel: u32) -> u8 {
    let [blue, green, red, _] = pixel.to_le_bytes();
    match channel {
        0 => green,
        1 => red.wrapping_sub(green),
        _ => blue.wrapping_sub(green),
    }
}

fn predict(left: u8, up: u8, corner: u8) -> u8 {
    let plane = i16::from(left) + i16::from(up) - i16::from(corner);
    plane.clamp(left.min(up).into(), left.max(up).into()) as u8
}
