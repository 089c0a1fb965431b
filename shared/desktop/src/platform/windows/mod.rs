//! Windows: DXGI desktop duplication, with xcap where there is none, and user32 for everything else.
//!
//! Beside's own windows stay out of the picture by themselves: the shell marks each as protected content
//! (`WDA_EXCLUDEFROMCAPTURE`), and so is the frame.

mod alarm;
mod capture;
mod displays;
mod duplication;
mod focus;
mod frame;
mod injector;
mod keys;
mod loops;
mod own;
mod pointer;
mod stop_key;
mod visibility;

pub use capture::Capture;
pub use focus::Focus;
pub use frame::Frame;
pub use injector::Injector;
pub use stop_key::StopKey;
pub use visibility::Visibility;

use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};

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
        displays::all().map_err(DesktopError::Capture)
    }
}

/// The system said no.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn refused(error: windows::core::Error) -> Trouble {
    Trouble::Refused(error.to_string())
}
