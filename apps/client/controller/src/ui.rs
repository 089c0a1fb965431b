//! The screen, as far as the controller knows it.

use crate::machine::Indicator;
use crate::view::ClientView;

/// Shows views. The shell's windows are one; tests have another.
pub trait Ui: Send + Sync + 'static {
    /// Shows a view, at once and without blocking.
    fn show(&self, view: ClientView);

    /// The window with Stop in it, which must stay in sight during a session; nothing while there is none.
    fn indicator(&self) -> Option<Indicator>;

    /// Every session is over and the customer has closed the app.
    fn quit(&self);
}
