//! First passwords: generated, never chosen, easy to read out and to type.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Letters and digits that no font and no ear confuses; 32 of them, so each carries five bits and a password a hundred.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS: usize = 4;
const GROUP: usize = 5;

/// A password of twenty letters in groups of five.
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
