//! The pointer: where it is, and what it looks like.

use core::ffi::c_void;

use beside_screen::PointerShape;
use windows::Win32::Foundation::POINT;
use windows::Win32::Graphics::Gdi::{
    BI_RGB, BITMAP, BITMAPINFO, BITMAPINFOHEADER, DIB_RGB_COLORS, DeleteObject, GetDC, GetDIBits, GetObjectW, HBITMAP,
    HGDIOBJ, ReleaseDC,
};
use windows::Win32::UI::WindowsAndMessaging::{
    CURSOR_SHOWING, CURSORINFO, GetCursorInfo, GetIconInfo, HICON, ICONINFO,
};

use super::refused;
use crate::error::Trouble;

/// Shapes that are known again when they come back.
const KNOWN_MAX: usize = 64;

/// A cursor's handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor(isize);

/// The pointer at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pointer {
    /// Pixels from the left and the top of the whole desktop.
    pub(super) at: (i32, i32),
    /// The number of its cursor; nothing if it is hidden.
    pub(super) cursor: Option<Cursor>,
}

impl Pointer {
    pub(super) fn now() -> Result<Self, Trouble> {
        let mut info = CURSORINFO { cbSize: size_of::<CURSORINFO>() as u32, ..CURSORINFO::default() };
        // SAFETY: the structure is our own and says its size.
        unsafe { GetCursorInfo(&raw mut info) }.map_err(refused)?;
        let shown = info.flags == CURSOR_SHOWING && !info.hCursor.is_invalid();
        let POINT { x, y } = info.ptScreenPos;
        Ok(Self { at: (x, y), cursor: shown.then_some(Cursor(info.hCursor.0 as isize)) })
    }
}

/// Gives shapes numbers: the same looks have the same number, whatever handle the system has for them now.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    known: Vec<PointerShape>,
    last: u32,
}

impl Shapes {
    /// What a cursor looks like; nothing if it is too large, or gone.
    pub(super) fn of(&mut self, cursor: Cursor) -> Option<PointerShape> {
        let looks = Looks::of(cursor)?;
        if let Some(known) = self.known.iter().find(|known| looks.is(known)) {
            return Some(known.clone());
        }
        let number = self.last.checked_add(1).unwrap_or(1);
        let shape = PointerShape::new(number, looks.hot, looks.width, looks.height, looks.rgba).ok()?;
        self.last = number;
        if self.known.len() == KNOWN_MAX {
            self.known.remove(0);
        }
        self.known.push(shape.clone());
        Some(shape)
    }
}

struct Looks {
    hot: (u16, u16),
    width: u16,
    height: u16,
    rgba: Vec<u8>,
}

impl Looks {
    fn of(Cursor(handle): Cursor) -> Option<Self> {
        let mut info = ICONINFO::default();
        // SAFETY: a cursor is an icon with a hot spot; the structure is our own.
        unsafe { GetIconInfo(HICON(handle as *mut c_void), &raw mut info) }.ok()?;
        let (mask, colour) = (Bitmap(info.hbmMask), Bitmap(info.hbmColor));
        let mask_pixels = mask.pixels()?;
        let (width, height, rgba) = if info.hbmColor.is_invalid() {
            let height = mask_pixels.height / 2;
            (mask_pixels.width, height, in_two_colours(&mask_pixels, height))
        } else {
            let pixels = colour.pixels()?;
            let rgba = in_colours(&pixels, &mask_pixels);
            (pixels.width, pixels.height, rgba)
        };
        let side = |side: usize| u16::try_from(side).ok();
        let hot = (u16::try_from(info.xHotspot).ok()?, u16::try_from(info.yHotspot).ok()?);
        Some(Self { hot, width: side(width)?, height: side(height)?, rgba })
    }

    fn is(&self, shape: &PointerShape) -> bool {
        (self.hot, self.width, self.height) == (shape.hot(), shape.width(), shape.height()) && self.rgba == shape.rgba()
    }
}

/// A bitmap that is given back.
struct Bitmap(HBITMAP);

/// Rows from the top, each pixel blue, green, red and opacity.
struct Pixels {
    width: usize,
    height: usize,
    bgra: Vec<[u8; 4]>,
}

impl Bitmap {
    fn pixels(&self) -> Option<Pixels> {
        let mut about = BITMAP::default();
        let size = size_of::<BITMAP>() as i32;
        // SAFETY: the structure is our own and of the size told.
        if unsafe { GetObjectW(HGDIOBJ(self.0.0), size, Some((&raw mut about).cast())) } == 0 {
            return None;
        }
        let (width, height) = (usize::try_from(about.bmWidth).ok()?, usize::try_from(about.bmHeight).ok()?);
        // A mask may have two pictures above each other.
        let most = usize::from(PointerShape::SIDE_MAX);
        if width == 0 || height == 0 || width > most || height > 2 * most {
            return None;
        }
        let header = BITMAPINFOHEADER {
            biSize: size_of::<BITMAPINFOHEADER>() as u32,
            biWidth: about.bmWidth,
            // From the top.
            biHeight: -about.bmHeight,
            biPlanes: 1,
            biBitCount: 32,
            biCompression: BI_RGB.0,
            ..BITMAPINFOHEADER::default()
        };
        let mut info = BITMAPINFO { bmiHeader: header, ..BITMAPINFO::default() };
        let mut bgra = vec![[0; 4]; width * height];
        // SAFETY: the system's own drawing context, given back below.
        let screen = unsafe { GetDC(None) };
        // SAFETY: there is room for all rows, of four bytes a pixel.
        let rows = unsafe {
            let (rows, into) = (about.bmHeight.cast_unsigned(), bgra.as_mut_ptr().cast());
            GetDIBits(screen, self.0, 0, rows, Some(into), &raw mut info, DIB_RGB_COLORS)
        };
        // SAFETY: got above.
        unsafe { ReleaseDC(None, screen) };
        (usize::try_from(rows) == Ok(height)).then_some(Pixels { width, height, bgra })
    }
}

impl Drop for Bitmap {
    fn drop(&mut self) {
        if !self.0.is_invalid() {
            // SAFETY: whoever asks for an icon's bitmaps owns them.
            let _gone = unsafe { DeleteObject(HGDIOBJ(self.0.0)) };
        }
    }
}

/// A picture in colours; where it has no opacity of its own, the mask says what can be seen.
fn in_colours(colours: &Pixels, mask: &Pixels) -> Vec<u8> {
    let opaque = colours.bgra.iter().any(|pixel| pixel[3] != 0);
    let pixels = colours.bgra.iter().enumerate().flat_map(|(at, &[blue, green, red, own])| {
        let masked = mask.bgra.get(at).is_some_and(|pixel| pixel[0] != 0);
        let alpha = match (opaque, masked) {
            (true, _) => own,
            (false, true) => 0,
            (false, false) => 255,
        };
        [red, green, blue, alpha]
    });
    pixels.collect()
}

/// A picture in black and white: what can be seen, and below it, what colour it has. Pixels that invert what is below them are
/// black here, with a white edge, so that they show on every ground.
fn in_two_colours(mask: &Pixels, height: usize) -> Vec<u8> {
    let width = mask.width;
    let (through, colours) = mask.bgra.split_at((width * height).min(mask.bgra.len()));
    let is_set = |of: &[[u8; 4]], at: usize| of.get(at).is_some_and(|pixel| pixel[0] != 0);
    let inverts = |at: usize| is_set(through, at) && is_set(colours, at);
    let beside_inverting = |x: usize, y: usize| {
        let near = |at: usize, most: usize| at.saturating_sub(1)..=(at + 1).min(most - 1);
        near(y, height).any(|y| near(x, width).any(|x| inverts(y * width + x)))
    };
    let pixels = (0..width * height).flat_map(|at| match (is_set(through, at), is_set(colours, at)) {
        (false, false) | (true, true) => [0, 0, 0, 255],
        (false, true) => [255; 4],
        (true, false) if beside_inverting(at % width, at / width) => [255; 4],
        (true, false) => [0; 4],
    });
    pixels.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(width: usize, text: &str) -> Pixels {
        let bgra: Vec<[u8; 4]> = text
            .chars()
            .filter(|sign| !sign.is_whitespace())
            .map(|sign| [if sign == '1' { 255 } else { 0 }; 4])
            .collect();
        Pixels { width, height: bgra.len() / width, bgra }
    }

    fn drawn(rgba: &[u8]) -> String {
        let sign = |pixel: &[u8]| match pixel {
            [_, _, _, 0] => '.',
            [0, ..] => '#',
            _ => 'o',
        };
        rgba.chunks(4).map(sign).collect()
    }

    #[test]
    fn a_mask_of_two_halves_is_black_white_or_clear() {
        // Clear, black, white, clear.
        let mask = pixels(4, "1001 0010");
        assert_eq!(drawn(&in_two_colours(&mask, 1)), ".#o.");
    }

    #[test]
    fn what_inverts_is_black_with_an_edge() {
        let mask = pixels(5, "11111 11111 11111 00000 00100 00000");
        assert_eq!(drawn(&in_two_colours(&mask, 3)), ".ooo..o#o..ooo.");
    }

    #[test]
    fn a_picture_without_opacity_has_it_from_the_mask() {
        let mut colours = pixels(2, "1 1");
        for pixel in &mut colours.bgra {
            pixel[3] = 0;
        }
        assert_eq!(drawn(&in_colours(&colours, &pixels(2, "1 0"))), ".o");
        assert_eq!(drawn(&in_colours(&pixels(2, "1 0"), &pixels(2, "1 1"))), "o.");
    }
}
