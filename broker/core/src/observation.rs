//! What is worth a thought: things that happen, one by one, of which an alert may be made.

use beside_protocol::ids::OperatorId;

use crate::address::Place;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// A sign-in failed: the name, the password or the second factor was wrong.
    SignInFailed {
        /// The account, if there is one of that name.
        account: Option<OperatorId>,
        /// Where.
        place: Place,
    },
    /// A name failed so often that it is locked.
    NameLocked {
        /// The account, if there is one of that name.
        account: Option<OperatorId>,
    },
    /// A place failed with so many names that it is blocked.
    PlaceBlocked {
        /// Where.
        place: Place,
    },
    /// Codes are being guessed from many places: from now on, and until that ends, knocks need a proof of work.
    CodeGuessing {
        /// Wrong codes in the last hour.
        wrong_in_hour: u64,
    },
}
