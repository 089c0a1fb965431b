//! Which windows are Beside's own: those of the process, and what they own. A web view's menus and lists are windows of the
//! web view's process, owned by ours.

use windows::Win32::Foundation::{HWND, LPARAM, POINT, RECT};
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GA_ROOT, GA_ROOTOWNER, GetAncestor, GetForegroundWindow, GetWindowDisplayAffinity, GetWindowRect,
    GetWindowThreadProcessId, IsIconic, IsWindowVisible, WDA_EXCLUDEFROMCAPTURE, WindowFromPoint,
};
use windows::core::BOOL;

use crate::own_windows::OwnWindows;

impl OwnWindows {
    /// Whether a window is own, or inside one, or belongs to one.
    pub(super) fn has(&self, window: HWND) -> bool {
        if window.is_invalid() {
            return false;
        }
        let candidates = [GA_ROOT, GA_ROOTOWNER].map(|which| {
            // SAFETY: asks only; a window that is gone has no ancestor.
            unsafe { GetAncestor(window, which) }
        });
        candidates.into_iter().any(|candidate| {
            !candidate.is_invalid()
                && (self.process == process_of(candidate) || self.windows.contains(&number(candidate)))
        })
    }

    /// Where own windows are that the system does not leave out of pictures: it can't before Windows 10 2004, and a web
    /// view's menus and lists can't be protected. On the desktop.
    pub(super) fn unprotected(&self) -> Vec<RECT> {
        let mut search = Unprotected { own: self, found: Vec::new() };
        // SAFETY: what is handed over outlives the call, which calls back on this thread only.
        let _told = unsafe { EnumWindows(Some(visit), LPARAM((&raw mut search) as isize)) };
        search.found
    }

    /// Whether the window that gets the keys is own.
    pub(super) fn have_focus(&self) -> bool {
        // SAFETY: asks only.
        self.has(unsafe { GetForegroundWindow() })
    }

    /// Whether the window at a point of the desktop is own. What lets clicks through is not there.
    pub(super) fn are_at(&self, point: POINT) -> bool {
        // SAFETY: asks only.
        self.has(unsafe { WindowFromPoint(point) })
    }
}

/// A walk over all windows.
struct Unprotected<'a> {
    own: &'a OwnWindows,
    found: Vec<RECT>,
}

/// Visits one window; goes on to the next.
unsafe extern "system" fn visit(window: HWND, search: LPARAM) -> BOOL {
    // SAFETY: `unprotected` handed it over, and waits meanwhile.
    let search = unsafe { &mut *(search.0 as *mut Unprotected<'_>) };
    // SAFETY: asks only.
    let shown = unsafe { IsWindowVisible(window).as_bool() && !IsIconic(window).as_bool() };
    if shown && search.own.has(window) && !is_protected(window) {
        let mut area = RECT::default();
        // SAFETY: the rectangle is our own. A window that went meanwhile is nowhere.
        if unsafe { GetWindowRect(window, &raw mut area) }.is_ok() {
            search.found.push(area);
        }
    }
    true.into()
}

fn is_protected(window: HWND) -> bool {
    let mut affinity = 0;
    // SAFETY: the number is our own.
    let told = unsafe { GetWindowDisplayAffinity(window, &raw mut affinity) };
    told.is_ok() && affinity == WDA_EXCLUDEFROMCAPTURE.0
}

/// The process that made a window; 0 for one that is gone.
fn process_of(window: HWND) -> u32 {
    let mut process = 0;
    // SAFETY: the number is our own.
    unsafe { GetWindowThreadProcessId(window, Some(&raw mut process)) };
    process
}

/// Handles of windows have 32 bits that count.
pub(super) fn number(window: HWND) -> u32 {
    window.0 as u32
}

/// The window of a number.
pub(super) fn window(number: u32) -> HWND {
    HWND(number.cast_signed() as isize as *mut core::ffi::c_void)
}
