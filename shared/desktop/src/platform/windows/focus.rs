//! Who has the keyboard, and giving it back.

use windows::Win32::Foundation::HWND;
use windows::Win32::UI::WindowsAndMessaging::{GetForegroundWindow, IsWindow, SetForegroundWindow};

use super::Desktop;
use super::own::{number, window};
use crate::error::Result;
use crate::own_windows::OwnWindows;

/// Remembers who has the keyboard before an own window takes it, and gives it back.
pub struct Focus {
    own: OwnWindows,
    before: Option<u32>,
}

impl Focus {
    /// Begins with nothing remembered.
    ///
    /// # Errors
    /// None here.
    pub const fn open(_desktop: &Desktop, own: OwnWindows) -> Result<Self> {
        Ok(Self { own, before: None })
    }

    /// Remembers which window has the keyboard, unless it is an own one.
    ///
    /// # Errors
    /// None here.
    pub fn remember(&mut self) -> Result<()> {
        // SAFETY: asks only.
        let focus: HWND = unsafe { GetForegroundWindow() };
        if !focus.is_invalid() && !self.own.has(focus) {
            self.before = Some(number(focus));
        }
        Ok(())
    }

    /// Gives the keyboard back to the window remembered, if that is still there and an own window has the keyboard.
    ///
    /// # Errors
    /// None here.
    pub fn give_back(&mut self) -> Result<()> {
        let Some(before) = self.before.map(window) else { return Ok(()) };
        // SAFETY: asks only.
        if self.own.have_focus() && unsafe { IsWindow(Some(before)) }.as_bool() {
            // SAFETY: a window that has gone meanwhile is refused. Whoever has the keyboard may give it away.
            let _refused = unsafe { SetForegroundWindow(before) };
        }
        Ok(())
    }
}
