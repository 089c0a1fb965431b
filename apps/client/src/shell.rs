//! The two windows: the customer's, and the pill that takes its place during a session.

use beside_client_controller::view::ClientView;
use beside_client_controller::{Command, Handle, Indicator, Keyboard, Ui};
use tauri::window::Color;
use tauri::{
    AppHandle, Emitter as _, LogicalPosition, LogicalSize, LogicalUnit, Manager as _, Theme, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, Window, WindowEvent, WindowSizeConstraints,
};

use crate::platform;

const MAIN: &str = "main";
const PILL: &str = "pill";
/// Sizes in logical pixels, as the pages are drawn for them.
const MAIN_SIZE: (f64, f64) = (480.0, 640.0);
const PILL_CLOSED: (f64, f64) = (520.0, 120.0);
const PILL_OPEN: (f64, f64) = (420.0, 420.0);
/// Between the top of the monitor and the pill: the frame, and room to see it.
const PILL_TOP: f64 = 12.0;

/// The windows, as the controller shows views in them.
pub(crate) struct Shell(AppHandle);

impl Shell {
    /// Opens the windows; only the first is shown. Neither is ever in a picture of the screen, where the system lets a program
    /// say so; elsewhere the capture leaves them out.
    pub(crate) fn new(app: &AppHandle) -> tauri::Result<Self> {
        let main = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
            .title("Beside")
            .inner_size(MAIN_SIZE.0, MAIN_SIZE.1)
            .min_inner_size(MAIN_SIZE.0, MAIN_SIZE.1)
            .resizable(false)
            .content_protected(true)
            .center()
            .visible(false)
            .build()?;
        // Until the page has loaded the window is as the page will be, not white.
        main.set_background_color(Some(surface(main.theme()?)))?;
        main.show()?;
        let pill = WebviewWindowBuilder::new(app, PILL, WebviewUrl::App("pill.html".into()))
            .title("Beside")
            .inner_size(PILL_CLOSED.0, PILL_CLOSED.1)
            .decorations(false)
            .resizable(true)
            .focusable(false)
            .always_on_top(true)
            .visible_on_all_workspaces(true)
            .skip_taskbar(true)
            .content_protected(true)
            .focused(false)
            .visible(false)
            .build()?;
        platform::keep_indicator_up(&pill)?;
        Ok(Self(app.clone()))
    }

    fn window(&self, label: &str) -> Option<WebviewWindow> {
        self.0.get_webview_window(label)
    }

    /// The pill while there is a session, the customer's window otherwise. Never neither.
    fn show_the_right_window(&self, in_session: bool) -> tauri::Result<()> {
        let (Some(main), Some(pill)) = (self.window(MAIN), self.window(PILL)) else { return Ok(()) };
        if in_session {
            if !pill.is_visible()? {
                place_pill(&pill, PILL_CLOSED)?;
                pill.show()?;
                main.hide()?;
            }
        } else if !main.is_visible()? {
            main.show()?;
            // Where the window manager puts a window that comes back is anybody's guess.
            main.center()?;
            main.set_focus()?;
            pill.hide()?;
        }
        Ok(())
    }
}

impl Ui for Shell {
    fn show(&self, view: ClientView) {
        let in_session = matches!(view, ClientView::Session { .. });
        if let Err(error) = self.0.emit("view", view) {
            tracing::error!(%error, "a view can't be shown");
        }
        if let Err(error) = self.show_the_right_window(in_session) {
            tracing::error!(%error, "a window can't be shown");
        }
    }

    fn indicator(&self) -> Option<Indicator> {
        let pill = self.window(PILL)?;
        let size = pill.inner_size().ok()?;
        Some(Indicator { window: platform::system_window(&pill)?, width: size.width, height: size.height })
    }

    fn quit(&self) {
        self.0.exit(0);
    }
}

/// Makes the pill large enough for what it shows, at the top centre of its monitor. Only the large one takes the
/// keyboard, and the window that had it before gets it back.
pub(crate) fn resize_pill(app: &AppHandle, open: bool, keyboard: &Keyboard) {
    let Some(pill) = app.get_webview_window(PILL) else { return };
    if open {
        keyboard.remember();
    }
    let size = if open { PILL_OPEN } else { PILL_CLOSED };
    if let Err(error) = pill.set_focusable(open).and_then(|()| place_pill(&pill, size)) {
        tracing::error!(%error, "the pill can't be resized");
    }
    if !open {
        keyboard.give_back();
    }
}

/// The colour behind everything, `--surface` of the pages' tokens.
const fn surface(theme: Theme) -> Color {
    match theme {
        Theme::Dark => Color(0x14, 0x1c, 0x27, 0xff),
        Theme::Light | _ => Color(0xff, 0xff, 0xff, 0xff),
    }
}

/// A window that can't be resized at all may keep the largest size that it ever had; one whose least and largest size are
/// the same can't be resized by hand either.
fn place_pill(pill: &WebviewWindow, (width, height): (f64, f64)) -> tauri::Result<()> {
    let (wide, high) = (Some(LogicalUnit::new(width).into()), Some(LogicalUnit::new(height).into()));
    pill.set_size_constraints(WindowSizeConstraints {
        min_width: wide,
        min_height: high,
        max_width: wide,
        max_height: high,
    })?;
    pill.set_size(LogicalSize::new(width, height))?;
    let monitor = match pill.current_monitor()? {
        Some(monitor) => Some(monitor),
        None => pill.primary_monitor()?,
    };
    let Some(monitor) = monitor else { return Ok(()) };
    let scale = monitor.scale_factor();
    let origin = monitor.position().to_logical::<f64>(scale);
    let room = monitor.size().to_logical::<f64>(scale);
    pill.set_position(LogicalPosition::new(origin.x + (room.width - width) / 2.0, origin.y + PILL_TOP))
}

/// Closing the customer's window ends the app and whatever is under way; the pill can't be closed, only stopped.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        api.prevent_close();
        if window.label() == MAIN
            && let Some(app) = window.try_state::<Handle>()
        {
            app.send(Command::Quit);
        }
    }
}
