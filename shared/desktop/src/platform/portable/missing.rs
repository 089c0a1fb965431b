//! What neither xcap nor rdev can do: each says so when it is opened.

use beside_protocol::DisplayId;
use beside_screen::Rect;

use super::Desktop;
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;

/// The key that stops the session. There is none here yet, so nothing of this type exists.
pub enum StopKey {}

impl StopKey {
    /// The combination, as keyboards name it.
    pub const NAME: &'static str = "Ctrl+Alt+End";

    /// Takes the combination.
    ///
    /// # Errors
    /// Always: not supported here.
    pub fn grab(_desktop: &Desktop, _pressed: impl FnMut() + Send + 'static) -> Result<Self> {
        Err(DesktopError::Input(Trouble::Unsupported("a stop key")))
    }
}

/// Watches over own windows. Not here yet, so nothing of this type exists.
pub enum Visibility {}

impl Visibility {
    /// Starts watching.
    ///
    /// # Errors
    /// Always: not supported here.
    pub fn open(_desktop: &Desktop, _own: OwnWindows) -> Result<Self> {
        Err(DesktopError::Input(Trouble::Unsupported("telling whether Stop can be seen")))
    }

    /// Whether all of `part` of an own window can be seen.
    ///
    /// # Errors
    /// None: there is nobody to ask.
    pub fn can_be_seen(&mut self, _window: u32, _part: Rect) -> Result<bool> {
        match *self {}
    }

    /// Asks the system to keep an own window above all others.
    ///
    /// # Errors
    /// None: there is nobody to ask.
    pub fn keep_above(&self, _window: u32) -> Result<()> {
        match *self {}
    }
}

/// The frame round the shared monitor. Not here yet, so nothing of this type exists.
pub enum Frame {}

impl Frame {
    /// Draws the frame.
    ///
    /// # Errors
    /// Always: not supported here.
    pub fn show(_desktop: &Desktop, _display: DisplayId) -> Result<Self> {
        Err(DesktopError::Capture(Trouble::Unsupported("a frame round the monitor")))
    }

    /// Puts the frame above what has been opened since.
    ///
    /// # Errors
    /// None: there is nobody to ask.
    pub fn raise(&self) -> Result<()> {
        match *self {}
    }
}

/// Gives the keyboard back. Not here yet, so nothing of this type exists.
pub enum Focus {}

impl Focus {
    /// Connects to the desktop.
    ///
    /// # Errors
    /// Always: not supported here.
    pub fn open(_desktop: &Desktop, _own: OwnWindows) -> Result<Self> {
        Err(DesktopError::Input(Trouble::Unsupported("giving the keyboard back")))
    }

    /// Remembers which window has the keyboard.
    ///
    /// # Errors
    /// None: there is nobody to ask.
    pub fn remember(&mut self) -> Result<()> {
        match *self {}
    }

    /// Gives it back.
    ///
    /// # Errors
    /// None: there is nobody to ask.
    pub fn give_back(&mut self) -> Result<()> {
        match *self {}
    }
}
