//! The screen, as far as the controller knows it.

use crate::view::ClientView;

/// Shows views. The shell's windows are one; tests have another.
pub trait Ui: Send + Sync + 'static {
    /// Shows a view, at once and without blocking.
    fn show(&self, view: ClientView);

    /// The indicator's window at the display server, where the system has such numbers: what must stay in sight.
    fn indicator(&self) -> Option<u32>;

    /// Every session is over and the customer has closed the app.
    fn quit(&self);
}
