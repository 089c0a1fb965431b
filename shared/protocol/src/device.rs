//! The number of a customer's computer: random, one per installation and organisation, shown to the customer and drawn
//! anew whenever the customer likes. It answers "which customer" and nothing else: no two organisations see the same one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::WireError;

/// Crockford's base 32: no letter that is taken for a digit.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;
const GROUP: usize = 4;

/// Sixty random bits, shown as twelve digits of Crockford's base 32: `K7Q2-9XMB-41TD`. It proves nothing: whoever speaks
/// to the broker may claim any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(u64);

impl DeviceId {
    /// The number of these bits, of which four are left over.
    #[must_use]
    pub const fn from_random(bits: u64) -> Self {
        Self(bits >> 4)
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in 0..LENGTH {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            let digit = (self.0 >> (5 * (LENGTH - 1 - place))) & 31;
            let digit = usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or(b'0');
            write!(f, "{}", char::from(digit))?;
        }
        Ok(())
    }
}

impl FromStr for DeviceId {
    type Err = WireError;

    /// Also as a person types it: small letters, without the hyphens, `O` for `0`, `I` or `L` for `1`.
    fn from_str(text: &str) -> Result<Self, WireError> {
        let mut value = 0;
        let mut length = 0;
        for letter in text.bytes().filter(|letter| !matches!(letter, b'-' | b' ')) {
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let digit = DIGITS.iter().position(|digit| *digit == letter).ok_or(WireError::Value("device"))?;
            length += 1;
            if length > LENGTH {
                return Err(WireError::Value("device"));
            }
            value = (value << 5) | digit as u64;
        }
        if length == LENGTH { Ok(Self(value)) } else { Err(WireError::Value("device")) }
    }
}

impl Serialize for DeviceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again_also_as_a_person_types_it() {
        let device: DeviceId = "K7Q2-9XMB-41TD".parse().unwrap();
        assert_eq!(device.to_string(), "K7Q2-9XMB-41TD");
        for typed in ["k7q29xmb41td", " K7Q2 9XMB 41TD", "K7Q2-9XMB-4LTD", "k7q2-9xmb-4itd"] {
            assert_eq!(typed.parse::<DeviceId>().unwrap(), device, "{typed}");
        }
        assert_eq!("OOOO-0000-0000".parse::<DeviceId>().unwrap().to_string(), "0000-0000-0000");
        assert_eq!(serde_json::from_str::<DeviceId>("\"K7Q2-9XMB-41TD\"").unwrap(), device);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "K7Q2-9XMB-41T", "K7Q2-9XMB-41TDX", "K7Q2-9XMB-41TU", "K7Q2-9XMB-41T가", "--------------"] {
            assert!(text.parse::<DeviceId>().is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_number_has_one_text(value in 0u64..1 << 60) {
            let text = DeviceId(value).to_string();
            proptest::prop_assert_eq!(text.len(), 14);
            proptest::prop_assert_eq!(text.parse::<DeviceId>().unwrap(), DeviceId(value));
        }
    }
}
