//! The customer's machine, as far as a session touches it.

use std::any::Any;

use beside_desktop::{
    Capture, Desktop, DesktopError, Display, Frame, Injector, InputInjector, OwnWindows, ScreenCapture, StopKey,
    Visibility,
};
use beside_protocol::DisplayId;
use beside_screen::Rect;

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

    /// Takes the stop key for as long as the answer lives.
    ///
    /// # Errors
    /// Another program has it.
    fn stop_key(&self, pressed: Box<dyn Fn() + Send>) -> Result<Box<dyn Any + Send>, DesktopError>;

    /// Draws a frame round a monitor for as long as the answer lives.
    ///
    /// # Errors
    /// The display server does not let it.
    fn frame(&self, display: DisplayId) -> Result<Box<dyn Any + Send>, DesktopError>;

    /// Gets ready to look after the indicator.
    ///
    /// # Errors
    /// The display server can't be asked.
    fn watch(&self) -> Result<Box<dyn Watch>, DesktopError>;
}

/// Looks after the indicator.
pub trait Watch: Send {
    /// Whether all of an own window can be seen and pressed; asks the window manager to bring it forward if not.
    ///
    /// # Errors
    /// The display server can't be asked.
    fn can_be_seen(&mut self, window: Indicator) -> Result<bool, DesktopError>;
}

/// The window with Stop in it, at the display server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indicator {
    /// Its number.
    pub window: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
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

    fn stop_key(&self, pressed: Box<dyn Fn() + Send>) -> Result<Box<dyn Any + Send>, DesktopError> {
        Ok(Box::new(StopKey::grab(&self.0, pressed)?))
    }

    fn frame(&self, display: DisplayId) -> Result<Box<dyn Any + Send>, DesktopError> {
        Ok(Box::new(Frame::show(&self.0, display)?))
    }

    fn watch(&self) -> Result<Box<dyn Watch>, DesktopError> {
        Ok(Box::new(Visibility::open(&self.0, OwnWindows::of_this_process())?))
    }
}

impl Watch for Visibility {
    fn can_be_seen(&mut self, Indicator { window, width, height }: Indicator) -> Result<bool, DesktopError> {
        let seen = Self::can_be_seen(self, window, Rect { x: 0, y: 0, width, height })?;
        if !seen {
            self.keep_above(window)?;
        }
        Ok(seen)
    }
}
