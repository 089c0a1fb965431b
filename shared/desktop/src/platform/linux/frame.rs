//! The coloured frame round the shared monitor.

use beside_protocol::DisplayId;
use x11rb::connection::Connection;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, StackMode, Window, WindowClass,
};

use super::server::Server;
use super::{Desktop, display};
use crate::border::{self, Side};
use crate::error::{DesktopError, Result, Trouble};

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
        for (window, side) in windows.iter_mut().zip(border::sides(&display)) {
            *window = draw(&server, side)?;
        }
        // The connection goes with this, and the windows with the connection.
        server.conn.get_input_focus()?.reply()?;
        Ok(Self { server, windows })
    }
}

fn draw(server: &Server, side: Side) -> Result<Window, Trouble> {
    let conn = &server.conn;
    let window = conn.generate_id()?;
    let looks = CreateWindowAux::new().override_redirect(1).background_pixel(border::COLOUR).border_pixel(0);
    let (x, y, width, height) = (side.x as i16, side.y as i16, side.width as u16, side.height as u16);
    let class = WindowClass::INPUT_OUTPUT;
    conn.create_window(0, window, server.root(), x, y, width, height, 0, class, x11rb::COPY_FROM_PARENT, &looks)?
        .check()?;
    // Nothing of it takes input, before anyone can see it.
    conn.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?.check()?;
    conn.map_window(window)?.check()?;
    Ok(window)
}
