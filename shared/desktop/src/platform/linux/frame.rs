//! The coloured frame round the shared monitor.

use beside_protocol::DisplayId;
use x11rb::connection::Connection;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, StackMode, Window, WindowClass,
};

use super::server::Server;
use super::{Desktop, display};
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};

/// Its thickness in pixels at 96 dpi.
const THICKNESS: f64 = 4.0;
/// Its colour: the accent of the interface.
const COLOUR: u32 = 0x002b_74e0;

/// Four thin windows that let every click through. Like all of Beside's windows they are not in the picture. They are
/// gone when this is dropped.
pub struct Frame {
    server: Server,
    windows: [Window; 4],
}

impl Frame {
    /// Draws the frame.
    ///
    /// # Errors
    /// There is no such monitor, or the server has no window shapes.
    pub fn show(desktop: &Desktop, display: DisplayId) -> Result<Self> {
        Self::start(desktop, display).map_err(DesktopError::Capture)
    }

    /// Puts the frame above what has been opened since.
    ///
    /// # Errors
    /// The server is gone.
    pub fn raise(&self) -> Result<()> {
        let raise = || -> Result<(), Trouble> {
            for window in self.windows {
                let top = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
                self.server.conn.configure_window(window, &top)?;
            }
            Ok(self.server.conn.flush()?)
        };
        raise().map_err(DesktopError::Capture)
    }

    fn start(desktop: &Desktop, id: DisplayId) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        server.needs("SHAPE", "an X server without window shapes")?;
        let display = display(&server, id)?;
        let mut windows = [0; 4];
        for (window, side) in windows.iter_mut().zip(sides(&display)) {
            *window = draw(&server, side)?;
        }
        // The connection goes with this, and the windows with the connection.
        server.conn.get_input_focus()?.reply()?;
        Ok(Self { server, windows })
    }
}

/// Left, top, width and height of each side, so that they touch and don't overlap.
fn sides(display: &Display) -> [(i32, i32, u32, u32); 4] {
    let Display { x, y, width, height, .. } = *display;
    let thick = (THICKNESS * display.scale).round().clamp(1.0, 64.0) as u32;
    let inner = height.saturating_sub(2 * thick).max(1);
    let (right, bottom) = (width.saturating_sub(thick), height.saturating_sub(thick));
    [
        (x, y, width, thick),
        (x, y.saturating_add_unsigned(bottom), width, thick),
        (x, y.saturating_add_unsigned(thick), thick, inner),
        (x.saturating_add_unsigned(right), y.saturating_add_unsigned(thick), thick, inner),
    ]
}

fn draw(server: &Server, (x, y, width, height): (i32, i32, u32, u32)) -> Result<Window, Trouble> {
    let conn = &server.conn;
    let window = conn.generate_id()?;
    let looks = CreateWindowAux::new().override_redirect(1).background_pixel(COLOUR).border_pixel(0);
    let (x, y, width, height) = (x as i16, y as i16, width as u16, height as u16);
    let class = WindowClass::INPUT_OUTPUT;
    conn.create_window(0, window, server.root(), x, y, width, height, 0, class, x11rb::COPY_FROM_PARENT, &looks)?
        .check()?;
    // Nothing of it takes input, before anyone can see it.
    conn.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?.check()?;
    conn.map_window(window)?.check()?;
    Ok(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_run_round_the_monitor_without_overlap() {
        let display = Display {
            id: DisplayId(1),
            name: String::new(),
            x: -100,
            y: 20,
            width: 800,
            height: 600,
            scale: 1.5,
            primary: true,
        };
        assert_eq!(sides(&display), [(-100, 20, 800, 6), (-100, 614, 800, 6), (-100, 26, 6, 588), (694, 26, 6, 588)]);
    }
}
