//! The words in a line: actions, names of fields, ids, and through what an event came. Each is checked once, here.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// Text that is not the word it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// See [`Action`].
    #[error("an action has 1 to 64 of the characters a–z, 0–9, _ and .")]
    Action,
    /// See [`Field`].
    #[error("a field's name has 1 to 64 of the characters a–z, 0–9 and _")]
    Field,
    /// See [`Id`].
    #[error("an id has 1 to 128 visible ASCII characters")]
    Id,
    /// See [`Via`].
    #[error("an event comes via sign_in, token:<id>, command_line, broker or customer")]
    Via,
}

/// Which bytes a word may have, and how many.
#[derive(Clone, Copy)]
enum Alphabet {
    Dotted,
    Plain,
    Visible,
}

impl Alphabet {
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Dotted => matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'),
            Self::Plain => matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'),
            Self::Visible => byte.is_ascii_graphic(),
        }
    }

    const fn spells(self, text: &str, max: usize) -> bool {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            if !self.has(bytes[index]) {
                return false;
            }
            index += 1;
        }
        index > 0 && index <= max
    }
}

macro_rules! word {
    ($(#[$doc:meta])* $name:ident: $alphabet:ident, at most $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// Checks a word that comes from outside.
            ///
            /// # Errors
            #[doc = concat!("[`NameError::", stringify!($name), "`].")]
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                if Alphabet::$alphabet.spells(&text, $max) { Ok(Self(Cow::Owned(text))) } else { Err(NameError::$name) }
            }

            /// A word of our own. Meant for constants, where a wrong one doesn't compile.
            ///
            /// # Panics
            /// If it is evaluated at run time, with a wrong word.
            #[must_use]
            pub const fn fixed(text: &'static str) -> Self {
                assert!(Alphabet::$alphabet.spells(text, $max), "not a word of this kind");
                Self(Cow::Borrowed(text))
            }

            /// The word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

word! {
    /// What was done, in words that stay: `sign_in.refused`, `account.ended`.
    Action: Dotted, at most 64
}
word! {
    /// The name of a detail or of a personal field: `reason`, `address`.
    Field: Plain, at most 64
}
word! {
    /// The id of an account, a token, a session or another thing. Ids are ours; they never are names of people.
    Id: Visible, at most 128
}

/// Through what an event came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Via {
    /// Somebody who is signed in, or tries to be: `sign_in`.
    SignIn,
    /// An API token, with its id: `token:<id>`.
    Token(Id),
    /// A command on the broker's machine: `command_line`.
    CommandLine,
    /// The broker itself: `broker`.
    Broker,
    /// A customer's app: `customer`.
    Customer,
}

impl TryFrom<String> for Via {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        match text.as_str() {
            "sign_in" => Ok(Self::SignIn),
            "command_line" => Ok(Self::CommandLine),
            "broker" => Ok(Self::Broker),
            "customer" => Ok(Self::Customer),
            other => {
                let id = other.strip_prefix("token:").ok_or(NameError::Via)?;
                Id::new(id).map(Self::Token).map_err(|_| NameError::Via)
            }
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn => f.write_str("sign_in"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::CommandLine => f.write_str("command_line"),
            Self::Broker => f.write_str("broker"),
            Self::Customer => f.write_str("customer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_alphabets_and_lengths() {
        const REFUSED: Action = Action::fixed("sign_in.refused");
        assert_eq!(Action::new("sign_in.refused"), Ok(REFUSED));
        for bad in ["", "Sign_in", "sign in", "sign-in", "señal", &"a".repeat(65)] {
            assert_eq!(Action::new(bad), Err(NameError::Action), "{bad}");
        }
        assert!(Action::new("a".repeat(64)).is_ok());
        assert_eq!(Field::new("end.reason"), Err(NameError::Field));
        assert_eq!(Id::new("two words"), Err(NameError::Id));
        assert_eq!(Id::new("김민준"), Err(NameError::Id));
        assert_eq!(Id::new("a".repeat(129)), Err(NameError::Id));
        assert!(Id::new("Account:1+2/\"3\"").is_ok());
    }

    #[test]
    fn via_has_one_spelling() {
        let token = Via::Token(Id::fixed("t1"));
        for via in [Via::SignIn, token, Via::CommandLine, Via::Broker, Via::Customer] {
            assert_eq!(Via::try_from(via.to_string()), Ok(via));
        }
        for bad in ["", "token", "token:", "token:a b", "Broker", "console"] {
            assert_eq!(Via::try_from(bad.to_owned()), Err(NameError::Via), "{bad}");
        }
    }
}
