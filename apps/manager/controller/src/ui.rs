//! The screen, as far as the controller knows it.

use crate::view::ManagerView;

/// Shows views. The shell's window is one; tests have another.
pub trait Ui: Send + Sync + 'static {
    /// Shows a view, at once and without blocking.
    fn show(&self, view: ManagerView);

    /// Everything is over and the operator has closed the app.
    fn quit(&self);
}
