//! The customer's side.

mod config;
mod input;
mod output;
mod state;

pub use config::CustomerConfig;
pub use input::{CustomerAct, CustomerInput, DesktopInput};
pub use output::CustomerOutput;
pub use state::{CustomerPhase, CustomerSession, CustomerState, LeaseLeft, RequestShown};
