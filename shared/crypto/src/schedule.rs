//! From the agreed secret to every key of the handshake, and from there to the session's.

use beside_protocol::CheckNumber;
use zeroize::Zeroizing;

use crate::seal::{Root, SealKey};
use crate::transcript::push_lp;

/// What both sides derive once M1, M2 and M3 are known.
pub(crate) struct HandshakeKeys {
    /// Seals M4.
    pub(crate) operator: SealKey,
    /// Seals M5.
    pub(crate) customer: SealKey,
    /// What the people compare.
    pub(crate) check_number: CheckNumber,
    next: Root,
}

impl HandshakeKeys {
    /// PRK = HKDF-Extract(salt TH, lp(Z) ‖ lp(extra)); `extra` is empty in this version.
    pub(crate) fn derive(th: &[u8; 32], z: &[u8; 32]) -> Self {
        let mut secret = Zeroizing::new(Vec::with_capacity(4 + 32 + 4));
        push_lp(&mut secret, z);
        push_lp(&mut secret, &[]);
        let prk = Root::extract(th, &secret);
        Self {
            operator: SealKey::derive(&prk, &[b"beside1 hs o"]),
            customer: SealKey::derive(&prk, &[b"beside1 hs c"]),
            check_number: CheckNumber::from_number(u64::from_be_bytes(*prk.expand(&[b"beside1 sas"]))),
            next: prk.child(&[b"beside1 next"]),
        }
    }

    /// traffic = HKDF-Extract(salt TH2, next), which every key of the session is derived from.
    pub(crate) fn traffic(&self, th2: &[u8; 32]) -> Root {
        Root::extract(th2, self.next.as_secret())
    }
}
