//! The customer's machine, as far as a session touches it.

use beside_desktop::{Capture, Desktop, DesktopError, Display, Injector, InputInjector, OwnWindows, ScreenCapture};
use beside_protocol::DisplayId;

/// Opens what a session needs of the desktop. [`ThisMachine`] is the real one; tests have another.
pub trait Machine: Send + Sync + 'static {
    /// The monitors, the main one first.
    ///
    /// # Errors
    /// The display server can't be asked.
    fn displays(&self) -> Result<Vec<Display>, DesktopError>;

    /// Starts to watch a monitor.
    ///
    /// # Errors
    /// The monitor can't be read.
    fn open_screen(&self, display: DisplayId) -> Result<Box<dyn ScreenCapture>, DesktopError>;

    /// Gets ready to play input on a monitor.
    ///
    /// # Errors
    /// The system does not take simulated input.
    fn open_hands(&self, display: DisplayId) -> Result<Box<dyn InputInjector>, DesktopError>;
}

/// The desktop that this process runs on.
#[derive(Debug, Clone, Default)]
pub struct ThisMachine(Desktop);

impl Machine for ThisMachine {
    fn displays(&self) -> Result<Vec<Display>, DesktopError> {
        let mut displays = self.0.displays()?;
        displays.sort_by_key(|display| !display.primary);
        Ok(displays)
    }

    fn open_screen(&self, display: DisplayId) -> Result<Box<dyn ScreenCapture>, DesktopError> {
        Ok(Box::new(Capture::open(&self.0, display, OwnWindows::of_this_process())?))
    }

    fn open_hands(&self, display: DisplayId) -> Result<Box<dyn InputInjector>, DesktopError> {
        Ok(Box::new(Injector::open(&self.0, display, OwnWindows::of_this_process())?))
    }
}
