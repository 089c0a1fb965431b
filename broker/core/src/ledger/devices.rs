//! The numbers of customers' computers.

use std::str::FromStr;

use beside_protocol::WireError;
use beside_protocol::device::DeviceId;

/// A customer's computer, by its number or for want of one: apps that keep none give none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computer {
    /// The one of this number.
    Numbered(DeviceId),
    /// Any without a number.
    Unnumbered,
}

/// What stands for [`Computer::Unnumbered`].
const NONE: &str = "none";

impl FromStr for Computer {
    type Err = WireError;

    /// `none`, or a number as a person types it.
    fn from_str(text: &str) -> Result<Self, WireError> {
        if text == NONE { Ok(Self::Unnumbered) } else { text.parse().map(Self::Numbered) }
    }
}
