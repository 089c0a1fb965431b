//! Records: every lane and direction has keys of its own, which move on to the next epoch and can't be turned back.

mod epoch;
mod opener;
mod sealer;
mod window;

pub use opener::{LANE_LOOKAHEAD, LaneOpener, OpenError, Opened};
pub use sealer::{EPOCH_LIFE, EPOCH_RECORDS, LaneSealer, SealError};

#[cfg(test)]
mod tests;
