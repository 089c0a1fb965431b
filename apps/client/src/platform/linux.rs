//! GTK on X11.

use gtk::gdk::WindowTypeHint;
use gtk::prelude::{GtkWindowExt as _, WidgetExt as _};
use raw_window_handle::{HasWindowHandle as _, RawWindowHandle};
use tauri::WebviewWindow;

/// Makes a window one that window managers neither minimise nor cover: a dock. To be called before it is shown.
pub(crate) fn keep_indicator_up(window: &WebviewWindow) -> tauri::Result<()> {
    let gtk_window = window.gtk_window()?;
    gtk_window.set_type_hint(WindowTypeHint::Dock);
    gtk_window.stick();
    gtk_window.realize();
    Ok(())
}

/// The window's number at the display server.
pub(crate) fn system_window(window: &WebviewWindow) -> Option<u32> {
    let handle = window.window_handle().ok()?;
    if let RawWindowHandle::Xlib(handle) = handle.as_raw() { u32::try_from(handle.window).ok() } else { None }
}
