//! X11, over one connection for each thing that is opened.

mod bell;
mod capture;
mod displays;
mod focus;
mod frame;
mod held;
mod injector;
mod keys;
mod own;
mod pixels;
mod repeat;
mod server;
mod shm;
mod stop_key;
mod tree;
mod typist;
mod visibility;

pub use capture::Capture;
pub use focus::Focus;
pub use frame::Frame;
pub use injector::Injector;
pub use stop_key::StopKey;
pub use visibility::Visibility;

use beside_protocol::DisplayId;

use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use server::Server;

/// A desktop: the X server that shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desktop {
    name: Option<String>,
}

impl Desktop {
    /// The desktop that this process itself was started on.
    #[must_use]
    pub const fn local() -> Self {
        Self { name: None }
    }

    /// The desktop with this name, as in `DISPLAY`: `:1`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: Some(name.to_owned()) }
    }

    /// Its monitors, the main one first.
    ///
    /// # Errors
    /// There is no X server, or it has no RandR 1.5.
    pub fn displays(&self) -> Result<Vec<Display>> {
        self.connect().and_then(|server| displays::all(&server)).map_err(DesktopError::Capture)
    }

    fn connect(&self) -> Result<Server, Trouble> {
        Server::connect(self.name.as_deref())
    }

    /// Whether libraries that look at `DISPLAY` themselves end up on this desktop.
    fn is_default(&self) -> bool {
        self.name.is_none() || self.name == std::env::var("DISPLAY").ok()
    }
}

/// One monitor, freshly asked for.
fn display(server: &Server, id: DisplayId) -> Result<Display, Trouble> {
    displays::all(server)?.into_iter().find(|display| display.id == id).ok_or(Trouble::NoDisplay(id))
}
