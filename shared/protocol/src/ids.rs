//! Identifiers, each parsed once. Secrets among them do not print.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::wire::WireError;

/// Six decimal digits that a person reads out or types; the two kinds below never stand for one another.
fn six_digits(text: &str) -> Result<[u8; 6], WireError> {
    let bytes: [u8; 6] = text.as_bytes().try_into().map_err(|_| WireError::Value("number"))?;
    if bytes.iter().all(u8::is_ascii_digit) { Ok(bytes) } else { Err(WireError::Value("number")) }
}

macro_rules! six_digit_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 6]);

        impl $name {
            /// The number `value` mod 10^6, with leading zeros.
            #[must_use]
            pub fn from_number(value: u64) -> Self {
                let mut rest = value % 1_000_000;
                let mut digits = [b'0'; 6];
                for digit in digits.iter_mut().rev() {
                    *digit = b'0' + (rest % 10) as u8;
                    rest /= 10;
                }
                Self(digits)
            }

            /// The six digits as ASCII, for showing to the person they are meant for.
            #[must_use]
            pub fn reveal(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or("000000")
            }
        }

        impl FromStr for $name {
            type Err = WireError;
            fn from_str(text: &str) -> Result<Self, WireError> {
                six_digits(text).map(Self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.reveal())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

six_digit_number! {
    /// The access code: an address that leads a customer to one operator, once. Shown as `123 456`.
    AccessCode
}
six_digit_number! {
    /// The check number: what proves to the people that nobody sits between them. Shown as `12 34 56`.
    CheckNumber
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $length:literal, $($derive:ident),*) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, $($derive),*)]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// Base64url without padding, as it stands in JSON.
            #[must_use]
            pub fn to_text(&self) -> String {
                URL_SAFE_NO_PAD.encode(self.0)
            }
        }

        impl FromStr for $name {
            type Err = WireError;
            fn from_str(text: &str) -> Result<Self, WireError> {
                let mut bytes = [0u8; $length];
                let written = URL_SAFE_NO_PAD
                    .decode_slice(text, &mut bytes)
                    .map_err(|_| WireError::Value("id"))?;
                if written == $length { Ok(Self(bytes)) } else { Err(WireError::Short) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_text())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

byte_id! {
    /// The session: 16 random bytes that the customer's app draws for M1. Not a secret.
    SessionId, 16, Copy
}
byte_id! {
    /// A bearer secret from the broker: sign-in of an operator, or the token of one knock.
    Token, 32, Zeroize, ZeroizeOnDrop
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({})", self.to_text())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// An operator, as the broker and the operator's certificate name one: 1 to 64 visible ASCII characters without spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct OperatorId(String);

impl OperatorId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperatorId {
    type Err = WireError;
    fn from_str(text: &str) -> Result<Self, WireError> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WireError::Value("operator id"))
        }
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OperatorId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A monitor of the customer's machine, for the life of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct DisplayId(pub u32);

/// A path of one session, counted from zero by the customer's side; zero is the relay path of M1–M5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_keep_their_leading_zeros_and_do_not_print() {
        let code = AccessCode::from_number(4_000_042);
        assert_eq!(code.reveal(), "000042");
        assert!(!format!("{code:?}").contains("42"));
        assert!(!format!("{:?}", Token([7; 32])).contains('7'));
    }

    #[test]
    fn numbers_are_six_ascii_digits_and_nothing_else() {
        for bad in ["", "12345", "1234567", "12345x", "１２３４５６", "-12345", "+12345"] {
            assert!(bad.parse::<AccessCode>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn session_ids_survive_text(bytes: [u8; 16]) {
            let id = SessionId(bytes);
            prop_assert_eq!(id.to_text().parse::<SessionId>(), Ok(id));
        }

        #[test]
        fn any_text_is_an_id_or_an_error(text in ".{0,60}") {
            let _ = text.parse::<SessionId>();
            let _ = text.parse::<OperatorId>();
            let _ = text.parse::<CheckNumber>();
        }
    }
}
