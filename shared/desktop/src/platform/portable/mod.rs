//! What can be done with xcap and rdev alone, the same on every system that has not its own module yet.

mod capture;
mod injector;
mod keys;
mod missing;

pub use capture::Capture;
pub use injector::Injector;
pub use missing::{Focus, Frame, StopKey, Visibility};

use beside_protocol::DisplayId;
use xcap::{Monitor, XCapResult};

use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::platform::floor;

/// The desktop of the person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desktop(());

impl Desktop {
    /// The desktop that this process itself was started on: the only one.
    #[must_use]
    pub const fn local() -> Self {
        Self(())
    }

    /// Desktops have no names here, so this is the local one.
    #[must_use]
    pub const fn named(_name: &str) -> Self {
        Self(())
    }

    /// Its monitors, the main one first.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn displays(&self) -> Result<Vec<Display>> {
        all().map_err(DesktopError::Capture)
    }
}

fn all() -> Result<Vec<Display>, Trouble> {
    let monitors = Monitor::all().map_err(floor::refused)?;
    let displays = monitors.iter().map(describe).collect::<XCapResult<Vec<Display>>>();
    let mut displays = displays.map_err(floor::refused)?;
    displays.sort_by_key(|display| !display.primary);
    Ok(displays)
}

fn display(id: DisplayId) -> Result<Display, Trouble> {
    describe(&floor::find(id)?).map_err(floor::refused)
}

fn describe(monitor: &Monitor) -> XCapResult<Display> {
    Ok(Display {
        id: DisplayId(monitor.id()?),
        name: monitor.friendly_name()?,
        x: monitor.x()?,
        y: monitor.y()?,
        width: monitor.width()?,
        height: monitor.height()?,
        scale: f64::from(monitor.scale_factor()?),
        primary: monitor.is_primary()?,
    })
}
