//! What a customer can allow, one by one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One permission. The bit numbers are those of M5 and of the status statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Right {
    /// See the screen.
    View,
    /// Use mouse and keyboard.
    Control,
    /// Exchange the clipboard.
    Clipboard,
    /// Send and receive files.
    Files,
    /// Record the session.
    Recording,
    /// Restart the machine and come back.
    Restart,
    /// Read system information.
    SystemInformation,
}

impl Right {
    /// Every right, in the order of their bits.
    pub const ALL: [Self; 7] = [
        Self::View,
        Self::Control,
        Self::Clipboard,
        Self::Files,
        Self::Recording,
        Self::Restart,
        Self::SystemInformation,
    ];

    /// The right's bit in a [`Rights`] word.
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of rights as the u32 of M5. Unknown bits are refused, not ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights(u32);

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);
    /// Every right this version knows.
    pub const ALL: Self = Self(0x7f);

    /// The set with only this right.
    #[must_use]
    pub const fn only(right: Right) -> Self {
        Self(right.bit())
    }

    /// The set a word stands for, or nothing if the word has a bit that this version does not know.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether the set has this right.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// The set with this right added.
    #[must_use]
    pub const fn with(self, right: Right) -> Self {
        Self(self.0 | right.bit())
    }

    /// The rights of the set in order of their bits.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_handshake() {
        assert_eq!(Right::View.bit(), 1);
        assert_eq!(Right::Control.bit(), 2);
        assert_eq!(Right::SystemInformation.bit(), 64);
        assert_eq!(Rights::from_bits(128), None);
        assert_eq!(Rights::from_bits(3).map(|r| r.iter().collect::<Vec<_>>()), Some(vec![Right::View, Right::Control]));
    }
}
