//! The operator's side.

mod input;
mod output;
mod state;

pub use input::{Leave, OperatorAct, OperatorInput};
pub use output::OperatorOutput;
pub use state::{Check, Decision, OperatorState, RightSeen, Standing};
