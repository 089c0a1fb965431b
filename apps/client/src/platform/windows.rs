//! Windows: Tauri's own always-on-top holds there.

use raw_window_handle::{HasWindowHandle as _, RawWindowHandle};
use tauri::WebviewWindow;

/// Makes a window one that stays in front. To be called before it is shown.
pub(crate) fn keep_indicator_up(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_always_on_top(true)
}

/// The window's number at the system: of a handle's bits, 32 count.
pub(crate) fn system_window(window: &WebviewWindow) -> Option<u32> {
    let handle = window.window_handle().ok()?;
    if let RawWindowHandle::Win32(handle) = handle.as_raw() { Some(handle.hwnd.get() as u32) } else { None }
}
