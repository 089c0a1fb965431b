//! Whether the customer can see, and press, a part of an own window.

use beside_screen::Rect;
use windows::Win32::Foundation::{COLORREF, HWND, POINT, RECT};
use windows::Win32::Graphics::Dwm::{DWMWA_CLOAKED, DWMWINDOWATTRIBUTE, DwmGetWindowAttribute};
use windows::Win32::Graphics::Gdi::{
    ClientToScreen, CreateRectRgn, DeleteObject, GetWindowRgn, HGDIOBJ, RGN_ERROR, RectInRegion,
};
use windows::Win32::UI::WindowsAndMessaging::{
    GW_HWNDNEXT, GWL_EXSTYLE, GetClientRect, GetLayeredWindowAttributes, GetTopWindow, GetWindow, GetWindowLongPtrW,
    GetWindowRect, HWND_TOPMOST, IsIconic, IsWindowVisible, LAYERED_WINDOW_ATTRIBUTES_FLAGS, LWA_ALPHA, SWP_NOACTIVATE,
    SWP_NOMOVE, SWP_NOSIZE, SetWindowPos, WS_EX_LAYERED, WS_EX_TRANSPARENT,
};

use super::own::window;
use super::{Desktop, displays, refused};
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;

/// Opacity, of 255, below which a window can't be read well.
const OPACITY_MIN: u8 = 192;
/// More windows than that above an own one are not looked through: something is wrong, and Stop can't be relied on.
const WINDOWS_MAX: usize = 10_000;

/// Watches over own windows. To be asked about five times a second: no window system promises that a window can be seen.
pub struct Visibility {
    own: OwnWindows,
}

impl Visibility {
    /// Starts watching.
    ///
    /// # Errors
    /// None here.
    pub const fn open(_desktop: &Desktop, own: OwnWindows) -> Result<Self> {
        Ok(Self { own })
    }

    /// Whether all of `part` of an own window, in the window's own pixels, can be seen and pressed: the window is shown,
    /// on this desktop, inside the monitors, and under no other program's window.
    ///
    /// # Errors
    /// The system does not tell. That the window is gone is no error: it can't be seen.
    pub fn can_be_seen(&mut self, window: u32, part: Rect) -> Result<bool> {
        self.look(self::window(window), part).map_err(DesktopError::Input)
    }

    /// Puts an own window above all others that are not kept above as well, and above those too for now. To be called
    /// again whenever [`Visibility::can_be_seen`] says no.
    ///
    /// # Errors
    /// The window is gone.
    pub fn keep_above(&self, window: u32) -> Result<()> {
        let keep = SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE;
        // SAFETY: a window that is gone is refused.
        unsafe { SetWindowPos(self::window(window), Some(HWND_TOPMOST), 0, 0, 0, 0, keep) }
            .map_err(|error| DesktopError::Input(refused(error)))
    }

    fn look(&self, window: HWND, part: Rect) -> Result<bool, Trouble> {
        let Some(area) = area(window, part) else { return Ok(false) };
        Ok(is_shown(window) && is_solid(window) && is_on_monitors(area)? && !self.is_covered(window, area))
    }

    /// Whether anything that is not own lies over `area`, which `window` has. From the top down to the window.
    fn is_covered(&self, window: HWND, area: RECT) -> bool {
        // SAFETY: asks only.
        let mut above = unsafe { GetTopWindow(None) }.ok();
        for _ in 0..WINDOWS_MAX {
            match above {
                // The window is not among those of this desktop.
                None => return true,
                Some(above) if above == window => return false,
                Some(other) => {
                    if !self.own.has(other) && is_shown(other) && !lets_through(other) && overlaps(other, area) {
                        return true;
                    }
                    // SAFETY: asks only; a window that went meanwhile ends the list, and then nothing can be relied on.
                    above = unsafe { GetWindow(other, GW_HWNDNEXT) }.ok();
                }
            }
        }
        true
    }
}

/// Where a part of a window is on the desktop, if the window has it.
fn area(window: HWND, part: Rect) -> Option<RECT> {
    let mut client = RECT::default();
    // SAFETY: the rectangle is our own; a window that is gone is refused.
    unsafe { GetClientRect(window, &raw mut client) }.ok()?;
    let (right, bottom) = (part.x.checked_add(part.width)?, part.y.checked_add(part.height)?);
    if part.width == 0
        || part.height == 0
        || right > client.right.cast_unsigned()
        || bottom > client.bottom.cast_unsigned()
    {
        return None;
    }
    let mut origin = POINT::default();
    // SAFETY: the point is our own.
    if !unsafe { ClientToScreen(window, &raw mut origin) }.as_bool() {
        return None;
    }
    Some(RECT {
        left: origin.x.saturating_add_unsigned(part.x),
        top: origin.y.saturating_add_unsigned(part.y),
        right: origin.x.saturating_add_unsigned(right),
        bottom: origin.y.saturating_add_unsigned(bottom),
    })
}

/// Whether a window is one that the system draws: not hidden, not minimised, not on another virtual desktop.
fn is_shown(window: HWND) -> bool {
    // SAFETY: asks only.
    let (visible, minimised) = unsafe { (IsWindowVisible(window).as_bool(), IsIconic(window).as_bool()) };
    visible && !minimised && attribute(window, DWMWA_CLOAKED) == 0
}

/// A number that the compositor knows of a window; 0 where there is none.
fn attribute(window: HWND, which: DWMWINDOWATTRIBUTE) -> u32 {
    let mut value = 0_u32;
    // SAFETY: the number is our own, of the size told.
    let told = unsafe { DwmGetWindowAttribute(window, which, (&raw mut value).cast(), size_of::<u32>() as u32) };
    told.map_or(0, |()| value)
}

fn style(window: HWND) -> u32 {
    // SAFETY: asks only.
    unsafe { GetWindowLongPtrW(window, GWL_EXSTYLE) as u32 }
}

/// How opaque a layered window is as a whole; all of it, if that is not how it is drawn.
fn opacity(window: HWND) -> u8 {
    if style(window) & WS_EX_LAYERED.0 == 0 {
        return u8::MAX;
    }
    let (mut alpha, mut flags) = (u8::MAX, LAYERED_WINDOW_ATTRIBUTES_FLAGS(0));
    let mut key = COLORREF(0);
    // SAFETY: all three are our own.
    let told =
        unsafe { GetLayeredWindowAttributes(window, Some(&raw mut key), Some(&raw mut alpha), Some(&raw mut flags)) };
    if told.is_ok() && flags.contains(LWA_ALPHA) { alpha } else { u8::MAX }
}

fn is_solid(window: HWND) -> bool {
    opacity(window) >= OPACITY_MIN
}

/// What both eyes and clicks go through: nothing is over the window then. What only clicks go through hides it all the same.
fn lets_through(window: HWND) -> bool {
    style(window) & WS_EX_TRANSPARENT.0 != 0 && opacity(window) == 0
}

fn overlaps(window: HWND, area: RECT) -> bool {
    let mut rect = RECT::default();
    // SAFETY: the rectangle is our own. A window that went meanwhile covers nothing.
    if unsafe { GetWindowRect(window, &raw mut rect) }.is_err() || intersection(rect, area).is_none() {
        return false;
    }
    // A window that is cut out covers only what is left of it.
    let local = RECT {
        left: area.left - rect.left,
        top: area.top - rect.top,
        right: area.right - rect.left,
        bottom: area.bottom - rect.top,
    };
    // SAFETY: given back below.
    let region = unsafe { CreateRectRgn(0, 0, 0, 0) };
    // SAFETY: both are ours to ask about.
    let cut = unsafe { GetWindowRgn(window, region) } != RGN_ERROR;
    // SAFETY: as above.
    let inside = unsafe { RectInRegion(region, &raw const local) }.as_bool();
    // SAFETY: made above.
    let _gone = unsafe { DeleteObject(HGDIOBJ(region.0)) };
    !cut || inside
}

/// Whether all of `area` is on monitors: they don't overlap, so its parts on them add up to it.
fn is_on_monitors(area: RECT) -> Result<bool, Trouble> {
    let on: i64 = displays::all()?
        .iter()
        .filter_map(|display| {
            let monitor = RECT {
                left: display.x,
                top: display.y,
                right: display.x.saturating_add_unsigned(display.width),
                bottom: display.y.saturating_add_unsigned(display.height),
            };
            intersection(monitor, area).map(pixels)
        })
        .sum();
    Ok(on == pixels(area))
}

fn intersection(one: RECT, other: RECT) -> Option<RECT> {
    let both = RECT {
        left: one.left.max(other.left),
        top: one.top.max(other.top),
        right: one.right.min(other.right),
        bottom: one.bottom.min(other.bottom),
    };
    (both.left < both.right && both.top < both.bottom).then_some(both)
}

fn pixels(area: RECT) -> i64 {
    i64::from(area.right - area.left) * i64::from(area.bottom - area.top)
}
