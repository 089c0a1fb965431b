//! Monitors, from RandR.
//!
//! xcap would list them too, but on X11 it fails where no `Xft.dpi` is set, and divides positions by the scale.

use beside_protocol::DisplayId;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

use super::server::Server;
use crate::display::Display;
use crate::error::Trouble;

/// The monitors, the main one first.
pub(super) fn all(server: &Server) -> Result<Vec<Display>, Trouble> {
    server.needs("RANDR", "an X server without RandR")?;
    let scale = scale(server)?;
    let mut displays = Vec::new();
    for monitor in server.conn.randr_get_monitors(server.root(), true)?.reply()?.monitors {
        let name = server.conn.get_atom_name(monitor.name)?.reply()?.name;
        displays.push(Display {
            // A monitor made of several outputs, or of none, still has one.
            id: DisplayId(monitor.outputs.first().copied().unwrap_or(monitor.name)),
            name: String::from_utf8_lossy(&name).into_owned(),
            x: i32::from(monitor.x),
            y: i32::from(monitor.y),
            width: u32::from(monitor.width),
            height: u32::from(monitor.height),
            scale,
            primary: monitor.primary,
        });
    }
    displays.sort_by_key(|display| !display.primary);
    Ok(displays)
}

/// X knows one scale for all monitors, and only as a resource that programs agree to read.
fn scale(server: &Server) -> Result<f64, Trouble> {
    let (manager, string) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
    let resources = server.conn.get_property(false, server.root(), manager, string, 0, 16_384)?.reply()?.value;
    let dpi = String::from_utf8_lossy(&resources)
        .lines()
        .find_map(|line| line.strip_prefix("Xft.dpi:")?.trim().parse::<f64>().ok())
        .filter(|dpi| dpi.is_finite() && *dpi > 0.0);
    Ok(dpi.map_or(1.0, |dpi| dpi / 96.0))
}
