//! A plain window that lies over everything else, past the window manager.

use anyhow::{Context, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, Window as WindowId, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use super::picture::Area;

/// A window of one colour. It goes with its connection, when this is dropped.
pub(crate) struct Sheet {
    connection: RustConnection,
    window: WindowId,
}

impl Sheet {
    /// Opens the window on top of everything that is there now, in `colour`: red, green, blue.
    pub(crate) fn put(address: &str, area: Area, colour: [u8; 3]) -> Result<Self> {
        let (connection, screen) =
            RustConnection::connect(Some(address)).with_context(|| format!("connecting to the display {address}"))?;
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id()?;
        let aux = CreateWindowAux::new().override_redirect(1).background_pixel(pixel(colour));
        let (x, y) = (i16::try_from(area.x)?, i16::try_from(area.y)?);
        let (width, height) = (u16::try_from(area.width)?, u16::try_from(area.height)?);
        connection.create_window(24, window, root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &aux)?;
        connection.map_window(window)?.check()?;
        Ok(Self { connection, window })
    }

    /// Gives it another colour; when this returns, the screen shows it.
    pub(crate) fn paint(&self, colour: [u8; 3]) -> Result<()> {
        let background = ChangeWindowAttributesAux::new().background_pixel(pixel(colour));
        self.connection.change_window_attributes(self.window, &background)?;
        self.connection.clear_area(false, self.window, 0, 0, 0, 0)?.check()?;
        Ok(())
    }
}

/// As an X server with 24 bits a pixel takes a colour.
const fn pixel([red, green, blue]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}
