//! What was received before: after a lost socket the same bytes may come again, another message of that type may not.

use sha2::{Digest as _, Sha256};

use crate::error::HandshakeError;

/// The handshake messages that one side has taken in one attempt; at most two.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    messages: Vec<[u8; 32]>,
}

impl Seen {
    pub(crate) fn note(mut self, message: &[u8]) -> Self {
        self.messages.push(Sha256::digest(message).into());
        self
    }

    /// Checks that a message that arrives again is, byte for byte, one that was taken before. It then has no effect.
    ///
    /// # Errors
    /// [`HandshakeError::SecondMessage`]: it is not; the attempt is over.
    pub fn check_again(&self, message: &[u8]) -> Result<(), HandshakeError> {
        let hash: [u8; 32] = Sha256::digest(message).into();
        if self.messages.contains(&hash) { Ok(()) } else { Err(HandshakeError::SecondMessage) }
    }
}
