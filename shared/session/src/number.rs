//! The check number as a person types it, on whichever side types.

use beside_crypto::check_number;
use beside_protocol::limits::CHECK_TRIES;
use beside_protocol::{AccessCode, CheckNumber};

/// What became of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Try {
    /// It is the number.
    Matches,
    /// It is not, and there are tries left; or it was no number at all, or the access code, and no try was spent.
    Again,
    /// It was the last try.
    Failed,
}

/// Tries at typing the number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Typing {
    pub(crate) tries_left: u8,
    pub(crate) mismatch: bool,
    pub(crate) typed_code: bool,
}

impl Typing {
    pub(crate) const fn new() -> Self {
        Self { tries_left: CHECK_TRIES, mismatch: false, typed_code: false }
    }

    /// Compares what was typed. Who types the access code has taken one number for the other: that is said, and no
    /// try is spent on it, since it tells nothing about the number.
    pub(crate) fn try_number(&mut self, typed: &str, number: &CheckNumber, code: &AccessCode) -> Try {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
        let Ok(typed) = digits.parse::<CheckNumber>() else { return Try::Again };
        if check_number::matches(number, &typed) {
            return Try::Matches;
        }
        self.mismatch = true;
        self.typed_code = typed.reveal() == code.reveal();
        if !self.typed_code {
            self.tries_left = self.tries_left.saturating_sub(1);
        }
        if self.tries_left == 0 { Try::Failed } else { Try::Again }
    }
}

/// The ASCII digit for a full-width one, which Korean and Japanese keyboards may type.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers() -> (CheckNumber, AccessCode) {
        (CheckNumber::from_number(123_456), AccessCode::from_number(654_321))
    }

    #[test]
    fn spaces_and_full_width_digits_are_no_mistake() {
        let (number, code) = numbers();
        for typed in ["123456", "12 34 56", " 12\u{3000}34 56", "１２３４５６"] {
            assert_eq!(Typing::new().try_number(typed, &number, &code), Try::Matches, "{typed}");
        }
    }

    #[test]
    fn the_third_mistake_is_the_last_and_unfinished_typing_is_none() {
        let (number, code) = numbers();
        let mut typing = Typing::new();
        assert_eq!(typing.try_number("12345", &number, &code), Try::Again);
        assert_eq!((typing.tries_left, typing.mismatch), (3, false));
        assert_eq!(typing.try_number("000000", &number, &code), Try::Again);
        assert_eq!(typing.try_number("000001", &number, &code), Try::Again);
        assert_eq!((typing.tries_left, typing.mismatch), (1, true));
        assert_eq!(typing.try_number("000002", &number, &code), Try::Failed);
    }

    #[test]
    fn the_access_code_is_pointed_out_and_costs_nothing() {
        let (number, code) = numbers();
        let mut typing = Typing::new();
        assert_eq!(typing.try_number("654 321", &number, &code), Try::Again);
        assert_eq!((typing.tries_left, typing.typed_code), (3, true));
        assert_eq!(typing.try_number("000000", &number, &code), Try::Again);
        assert!(!typing.typed_code);
    }
}
