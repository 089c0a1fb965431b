//! Which of the two sides this is.

/// Which of the two sides this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Customer,
    Operator,
}
