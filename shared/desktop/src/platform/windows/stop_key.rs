//! The customer's key that stops the session: a hot key, which the system hands to nobody else.

use windows::Win32::UI::Input::KeyboardAndMouse::{
    MOD_ALT, MOD_CONTROL, MOD_NOREPEAT, RegisterHotKey, UnregisterHotKey, VK_END,
};
use windows::Win32::UI::WindowsAndMessaging::WM_HOTKEY;

use super::Desktop;
use super::loops::MessageLoop;
use crate::error::{DesktopError, Result, Trouble};

/// The thread has no other.
const ID: i32 = 1;

/// The key that stops the session, for as long as this lives.
pub struct StopKey(#[expect(dead_code, reason = "held for its thread")] MessageLoop);

struct Registered;

impl StopKey {
    /// The combination, as keyboards name it.
    pub const NAME: &'static str = "Ctrl+Alt+End";

    /// Takes the combination; `pressed` is called on a thread of its own, once for each press.
    ///
    /// # Errors
    /// Another program has it.
    pub fn grab(_desktop: &Desktop, mut pressed: impl FnMut() + Send + 'static) -> Result<Self> {
        let hear = move |_: &Registered, message: &windows::Win32::UI::WindowsAndMessaging::MSG| {
            if message.message == WM_HOTKEY {
                pressed();
            }
        };
        MessageLoop::start("stop key", || Registered::new().map(|key| (key, ())), hear)
            .map(|(thread, ())| Self(thread))
            .map_err(DesktopError::Input)
    }
}

impl Registered {
    fn new() -> Result<Self, Trouble> {
        let modifiers = MOD_CONTROL | MOD_ALT | MOD_NOREPEAT;
        // SAFETY: without a window its messages go to this thread.
        unsafe { RegisterHotKey(None, ID, modifiers, u32::from(VK_END.0)) }
            .map(|()| Self)
            .map_err(|_| Trouble::KeyTaken(StopKey::NAME))
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // SAFETY: this thread registered it.
        if let Err(error) = unsafe { UnregisterHotKey(None, ID) } {
            tracing::warn!(%error, "the stop key stays taken");
        }
    }
}
