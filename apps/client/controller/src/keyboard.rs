//! The keyboard while the indicator asks something: it has it for the answer, and gives it back after that.

use std::sync::{Mutex, PoisonError};

use beside_desktop::{Desktop, DesktopError, Focus, OwnWindows};

/// Looks after who has the keyboard. While it stays with the indicator the operator's keys reach nobody, since they
/// never reach Beside's own windows.
pub struct Keyboard(Mutex<Option<Focus>>);

impl Keyboard {
    /// Gets ready on the desktop that this process runs on. Where the system can't do it, nothing is given back.
    #[must_use]
    pub fn open() -> Self {
        let focus = Focus::open(&Desktop::local(), OwnWindows::of_this_process());
        let focus = focus.inspect_err(|error| tracing::warn!(%error, "the keyboard is not given back")).ok();
        Self(Mutex::new(focus))
    }

    /// To be called before the indicator may take the keyboard.
    pub fn remember(&self) {
        self.use_focus(Focus::remember);
    }

    /// To be called when the indicator needs it no more.
    pub fn give_back(&self) {
        self.use_focus(Focus::give_back);
    }

    fn use_focus(&self, act: impl FnOnce(&mut Focus) -> Result<(), DesktopError>) {
        let mut focus = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(focus) = focus.as_mut()
            && let Err(error) = act(focus)
        {
            tracing::warn!(%error, "the keyboard is where it is");
        }
    }
}
