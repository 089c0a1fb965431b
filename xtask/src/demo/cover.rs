//! A window that somebody puts over everything else, past the window manager.

use anyhow::{Context, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};
use x11rb::rust_connection::RustConnection;

use super::picture::Area;

/// A window of one colour. It goes with its connection, when this is dropped.
pub(crate) struct Cover {
    _connection: RustConnection,
}

/// Its colour, as an X server with 24 bits a pixel takes it.
const COLOUR: u32 = 0x00ff_ee11;

impl Cover {
    /// Opens the window on top of everything that is there now.
    pub(crate) fn put(address: &str, area: Area) -> Result<Self> {
        let (connection, screen) =
            RustConnection::connect(Some(address)).with_context(|| format!("connecting to the display {address}"))?;
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id()?;
        let aux = CreateWindowAux::new().override_redirect(1).background_pixel(COLOUR);
        let (x, y) = (i16::try_from(area.x)?, i16::try_from(area.y)?);
        let (width, height) = (u16::try_from(area.width)?, u16::try_from(area.height)?);
        connection.create_window(24, window, root, x, y, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &aux)?;
        connection.map_window(window)?.check()?;
        Ok(Self { _connection: connection })
    }
}
