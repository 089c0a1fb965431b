//! Counts handshakes per code, since nobody but the apps may be trusted with it (handshake.md: at most three a code).

use beside_protocol::AccessCode;
use beside_protocol::limits::TRIES_PER_CODE;

/// Codes that this app has used since it was started, newest last.
#[derive(Debug, Default)]
pub struct Tries(Vec<(AccessCode, u8)>);

/// More codes than a person types in a day; the oldest is forgotten, and long expired.
const REMEMBERED: usize = 64;

impl Tries {
    /// Which handshake of this code the next one would be, or nothing if the code has had its three.
    #[must_use]
    pub fn next(&self, code: &AccessCode) -> Option<u8> {
        let used = self.0.iter().find(|(known, _)| known == code).map_or(0, |(_, used)| *used);
        (used < TRIES_PER_CODE).then_some(used + 1)
    }

    /// A handshake of this code was made: M3 has left.
    pub fn used(&mut self, code: &AccessCode) {
        if let Some((_, used)) = self.0.iter_mut().find(|(known, _)| known == code) {
            *used = used.saturating_add(1);
            return;
        }
        if self.0.len() == REMEMBERED {
            self.0.remove(0);
        }
        self.0.push((code.clone(), 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_three_handshakes() {
        let mut tries = Tries::default();
        let (code, other) = (AccessCode::from_number(1), AccessCode::from_number(2));
        for attempt in 1..=3 {
            assert_eq!(tries.next(&code), Some(attempt));
            tries.used(&code);
        }
        assert_eq!(tries.next(&code), None);
        assert_eq!(tries.next(&other), Some(1));
    }
}
