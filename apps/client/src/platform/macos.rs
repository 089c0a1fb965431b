//! macOS: Tauri's own always-on-top holds there.

use tauri::WebviewWindow;

/// Makes a window one that stays in front. To be called before it is shown.
pub(crate) fn keep_indicator_up(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_always_on_top(true)
}

/// The window's number at the display server, where there is one that counts in 32 bits.
pub(crate) fn system_window(_window: &WebviewWindow) -> Option<u32> {
    None
}
