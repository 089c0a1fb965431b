//! The rights as types, so that a grant for one can't stand in for another.

use beside_protocol::Right;

mod sealed {
    pub trait Sealed {}
}

/// A right as a type. Only this crate has implementations.
pub trait Scope: sealed::Sealed + Send + Sync + 'static {
    /// The right's value.
    const RIGHT: Right;
}

/// [`Right::View`].
#[derive(Debug)]
pub enum View {}

/// [`Right::Control`].
#[derive(Debug)]
pub enum Control {}

impl sealed::Sealed for View {}
impl sealed::Sealed for Control {}

impl Scope for View {
    const RIGHT: Right = Right::View;
}

impl Scope for Control {
    const RIGHT: Right = Right::Control;
}
