//! The operator's window.

use beside_manager_controller::view::ManagerView;
use beside_manager_controller::{Command, Handle, Ui};
use tauri::window::Color;
use tauri::{AppHandle, Emitter as _, Manager as _, Theme, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};

/// Sizes in logical pixels.
const SIZE: (f64, f64) = (1180.0, 760.0);
const LEAST: (f64, f64) = (720.0, 560.0);

/// The window, as the controller shows views in it.
pub(crate) struct Shell(AppHandle);

impl Shell {
    /// Opens the window.
    pub(crate) fn new(app: &AppHandle) -> tauri::Result<Self> {
        let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
            .title("Beside")
            .inner_size(SIZE.0, SIZE.1)
            .min_inner_size(LEAST.0, LEAST.1)
            .center()
            .visible(false)
            .build()?;
        // Until the page has loaded the window is as the page will be, not white.
        window.set_background_color(Some(canvas(window.theme()?)))?;
        window.show()?;
        Ok(Self(app.clone()))
    }
}

impl Ui for Shell {
    fn show(&self, view: ManagerView) {
        if let Err(error) = self.0.emit("view", view) {
            tracing::error!(%error, "a view can't be shown");
        }
    }

    fn quit(&self) {
        self.0.exit(0);
    }
}

/// The colour behind everything, `--canvas` of the pages' tokens.
const fn canvas(theme: Theme) -> Color {
    match theme {
        Theme::Dark => Color(0x0c, 0x12, 0x1a, 0xff),
        Theme::Light | _ => Color(0xf4, 0xf6, 0xf9, 0xff),
    }
}

/// Closing the window ends every session and the sign-in first.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && let Some(app) = window.try_state::<Handle>()
    {
        api.prevent_close();
        app.send(Command::Quit);
    }
}
