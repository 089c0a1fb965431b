//! Comparing the check number: in constant time, since whoever types it may measure the answer.

use beside_protocol::CheckNumber;
use subtle::ConstantTimeEq as _;

/// Whether what a person typed is the number.
#[must_use]
pub fn matches(number: &CheckNumber, typed: &CheckNumber) -> bool {
    number.reveal().as_bytes().ct_eq(typed.reveal().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_number_itself_matches() {
        let number = CheckNumber::from_number(120_034);
        assert!(matches(&number, &"120034".parse().unwrap()));
        for other in ["120035", "020034", "430021"] {
            assert!(!matches(&number, &other.parse().unwrap()), "{other}");
        }
    }
}
