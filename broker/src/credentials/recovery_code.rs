//! Recovery codes: each stands in for the second factor once.

use beside_protocol::ids::OperatorId;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// How many an account gets.
pub const CODES: usize = 10;
/// Letters and digits that no font and no ear confuses; 32 of them, so a code of sixteen carries 80 bits.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// Draws a code, such as `abcd-efgh-ijkm-npqr`.
pub fn generate(rng: &mut impl CryptoRng) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
    for group in 0..GROUPS {
        if group > 0 {
            text.push('-');
        }
        for _ in 0..GROUP {
            text.push(char::from(LETTERS[(rng.next_u32() % 32) as usize]));
        }
    }
    text
}

/// Whether somebody typed a recovery code rather than the six digits of an authenticator.
#[must_use]
pub fn looks_like_one(typed: &str) -> bool {
    letters(typed).count() == GROUPS * GROUP
}

/// What the database keeps of a code. It has 80 random bits, so a plain hash tells nobody what it was. White space, dashes
/// and capitals that a person types make no difference.
#[must_use]
pub fn hash(account: &OperatorId, typed: &str) -> [u8; 32] {
    let letters = Zeroizing::new(letters(typed).collect::<String>());
    let mut hash = Sha256::new();
    hash.update(b"beside recovery code\0");
    hash.update(account.as_str().as_bytes());
    hash.update([0]);
    hash.update(letters.as_bytes());
    hash.finalize().into()
}

fn letters(typed: &str) -> impl Iterator<Item = char> {
    typed.chars().filter(|letter| letter.is_ascii_alphanumeric()).map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::random;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let account: OperatorId = "u-1".parse().unwrap();
        let code = generate(&mut random());
        assert!(looks_like_one(&code) && code.len() == 19, "{}", code.as_str());
        let typed = code.to_uppercase().replace('-', " ");
        assert_eq!(hash(&account, &code), hash(&account, &typed));
        assert_ne!(hash(&account, &code), hash(&"u-2".parse().unwrap(), &code));
        assert_ne!(hash(&account, &code), hash(&account, &generate(&mut random())));
        assert!(!looks_like_one("123 456"));
    }
}
