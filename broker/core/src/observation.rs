//! What is worth a thought: things that happen, one by one, of which an alert may be made.

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// Codes are being guessed from many places: from now on, and until that ends, knocks need a proof of work.
    CodeGuessing {
        /// Wrong codes in the last hour.
        wrong_in_hour: u64,
    },
}
