//! The handshake written a second time: one straight line from fixed inputs to every value, on the primitives alone.
//!
//! It shares no code with the crate, so that a mistake would have to be made twice. `tests/golden.rs` holds both it and
//! the crate's states to the committed file.

use std::error::Error;
use std::fmt::Write as _;

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use sha2::{Digest as _, Sha256};

type Derived<T> = Result<T, Box<dyn Error>>;
/// Name and value of everything in one vector, in the document's order.
type Vector = Vec<(&'static str, String)>;

/// When the statements of the vectors are issued.
const ISSUED: u64 = 1_800_000_000;

/// What one vector starts from.
struct Inputs {
    /// Every random value of this vector is this byte, plus a number of its own, repeated.
    seed: u8,
    caps_c: u64,
    caps_o: u64,
    /// Name and id of the operator, the check mode and the revoked keys' hashes; none for an operator without a key.
    certified: Option<(&'static str, &'static str, u8, Vec<[u8; 32]>)>,
    lease: u32,
    /// From where each side goes on when a path is attached: lanes 0, 1 and 4.
    from_c: [u64; 3],
    from_o: [u64; 3],
}

/// The whole file.
pub(crate) fn json() -> Derived<String> {
    let inputs = [
        Inputs {
            seed: 0x10,
            caps_c: 0,
            caps_o: 0,
            certified: Some(("Kim Yeong-hui", "kim.yh", 1, Vec::new())),
            lease: 1_800,
            from_c: [1, 0, 0],
            from_o: [6, 2, 0],
        },
        Inputs {
            seed: 0x30,
            caps_c: 1 << 63,
            caps_o: 5,
            certified: None,
            lease: 60,
            from_c: [0, 0, 0],
            from_o: [0, 0, 0],
        },
        Inputs {
            seed: 0x50,
            caps_c: 0x0123_4567_89ab_cdef,
            caps_o: 0x8000_0000_0000_0001,
            certified: Some(("佐藤 花子", "sato@example", 2, vec![[0x01; 32], [0x80; 32], [0xff; 32]])),
            lease: 1,
            from_c: [u64::MAX, 0, 1 << 40],
            from_o: [7, u64::MAX, 3],
        },
    ];
    let mut out = String::from("[\n");
    for (number, inputs) in inputs.iter().enumerate() {
        out.push_str(if number == 0 { "  {\n" } else { ",\n  {\n" });
        let vector = derive(inputs)?;
        for (place, (name, value)) in vector.iter().enumerate() {
            let comma = if place + 1 == vector.len() { "" } else { "," };
            writeln!(out, "    \"{name}\": \"{value}\"{comma}")?;
        }
        out.push_str("  }");
    }
    out.push_str("\n]\n");
    Ok(out)
}

fn derive(inputs: &Inputs) -> Derived<Vector> {
    let fixed = |number: u8| [inputs.seed + number; 32];

    // Inputs.
    let (e_c, e_o) = (SecretKey::from_slice(&fixed(0))?, SecretKey::from_slice(&fixed(1))?);
    let (e_c_public, e_o_public) = (public(&e_c), public(&e_o));
    let (n_c, n_o, fp_c, fp_o) = (fixed(2), fixed(3), fixed(4), fixed(5));
    let sid = [inputs.seed + 6; 16];
    let (organisation, operator) = (fixed(7), fixed(8));
    let (caps_c, caps_o) = (inputs.caps_c.to_be_bytes(), inputs.caps_o.to_be_bytes());

    // Statements.
    let (certificate, status) = match &inputs.certified {
        None => (Vec::new(), Vec::new()),
        Some((name, id, mode, revoked)) => {
            let key = public(&SecretKey::from_slice(&operator)?);
            let certificate = statement(2, &organisation, 30 * 86_400, &[name.as_bytes(), &key, id.as_bytes()])?;
            let status = statement(3, &organisation, 72 * 3_600, &[&[*mode], &[0, 0, 0, 0x7f], &revoked.concat()])?;
            (certificate, status)
        }
    };
    let certificate_hash = if certificate.is_empty() { [0; 32] } else { sha256(&certificate) };

    // M1, M2, M3.
    let version_suite = [1, 1];
    let m1_head = [&[1][..], &version_suite, &sid].concat();
    let m3 = [&[3][..], &e_c_public, &n_c, &fp_c, &caps_c].concat();
    let commit = sha256(&[lp(b"beside1 commit"), lp(&m1_head), lp(&m3)].concat());
    let m1 = [&m1_head[..], &commit].concat();
    let m2 = [&[2][..], &e_o_public, &n_o, &fp_o, &caps_o, &certificate_hash].concat();

    // Key schedule.
    let z = e_c.diffie_hellman(&e_o.public_key()).raw_secret_bytes().to_vec();
    let th = sha256(&[lp(b"beside1 th"), lp(&m1), lp(&m2), lp(&m3)].concat());
    let extra: [u8; 0] = [];
    let prk = extract(&th, &[lp(&z), lp(&extra)].concat());
    let hs_o = expand(&prk, b"beside1 hs o", 44)?;
    let hs_c = expand(&prk, b"beside1 hs c", 44)?;
    let next = expand(&prk, b"beside1 next", 32)?;
    let sas = expand(&prk, b"beside1 sas", 8)?;
    let check_number = u64::from_be_bytes(sas[..].try_into()?) % 1_000_000;

    // M4, M5.
    let signature = if certificate.is_empty() { Vec::new() } else { sign(&operator, b"beside1 operator auth", &th)? };
    let m4_plain = [lp(&certificate), lp(&status), lp(&signature)].concat();
    let m4 = [&[4][..], &seal(&hs_o, 0, &[&[4][..], &th].concat(), &m4_plain)?].concat();
    let th4 = sha256(&[lp(b"beside1 th4"), lp(&th), lp(&m4)].concat());
    let m5_plain = [&[1][..], &[0, 0, 0, 1], &inputs.lease.to_be_bytes()].concat();
    let m5 = [&[5][..], &seal(&hs_c, 0, &[&[5][..], &th4].concat(), &m5_plain)?].concat();

    // Session.
    let th2 = sha256(&[lp(b"beside1 th2"), lp(&th), lp(&m4), lp(&m5)].concat());
    let traffic = extract(&th2, &next);
    let s0 = expand(&traffic, b"beside1 lane\x01\x00", 32)?;
    let s1 = expand(&s0, b"beside1 epoch", 32)?;
    let record_key = expand(&s1, b"beside1 key", 44)?;
    let header = [&[0x20, 0][..], &1u32.to_be_bytes(), &5u64.to_be_bytes()].concat();
    let record = [&header[..], &seal(&record_key, 5, &header, b"hi")?].concat();

    // Attach.
    let a1 = [&[0x11][..], &sid, &fixed(9)].concat();
    let a2_head = [&[0x12][..], &fixed(10), &from(inputs.from_o)].concat();
    let a2_tag = hmac(&expand(&traffic, b"beside1 attach o", 32)?, &[lp(&a1), lp(&a2_head)].concat())?;
    let a2 = [&a2_head[..], &a2_tag].concat();
    let a3_head = [&[0x13][..], &from(inputs.from_c)].concat();
    let a3_tag = hmac(&expand(&traffic, b"beside1 attach c", 32)?, &[lp(&a1), lp(&a2), lp(&a3_head)].concat())?;
    let a3 = [&a3_head[..], &a3_tag].concat();

    let certified = inputs.certified.is_some();
    let if_certified = |key: [u8; 32]| if certified { hex::encode(key) } else { String::new() };
    Ok(vec![
        ("eC_private", hex::encode(fixed(0))),
        ("eC_public", hex::encode(e_c_public)),
        ("nC", hex::encode(n_c)),
        ("fpC", hex::encode(fp_c)),
        ("capsC", hex::encode(caps_c)),
        ("eO_private", hex::encode(fixed(1))),
        ("eO_public", hex::encode(e_o_public)),
        ("nO", hex::encode(n_o)),
        ("fpO", hex::encode(fp_o)),
        ("capsO", hex::encode(caps_o)),
        ("version_suite", hex::encode(version_suite)),
        ("sid", hex::encode(sid)),
        ("organisation_private", if_certified(organisation)),
        ("operator_private", if_certified(operator)),
        ("operator_certificate", hex::encode(certificate)),
        ("operator_certificate_sha256", hex::encode(certificate_hash)),
        ("status", hex::encode(status)),
        ("commit", hex::encode(commit)),
        ("m1", hex::encode(m1)),
        ("m2", hex::encode(m2)),
        ("m3", hex::encode(m3)),
        ("z", hex::encode(z)),
        ("th", hex::encode(th)),
        ("extra", hex::encode(extra)),
        ("prk", hex::encode(prk)),
        ("hs_o", hex::encode(hs_o)),
        ("hs_c", hex::encode(hs_c)),
        ("sas", hex::encode(sas)),
        ("check_number", format!("{check_number:06}")),
        ("next", hex::encode(next)),
        ("m4", hex::encode(m4)),
        ("th4", hex::encode(th4)),
        ("m5_plain", hex::encode(m5_plain)),
        ("m5", hex::encode(m5)),
        ("th2", hex::encode(th2)),
        ("traffic_secret", hex::encode(traffic)),
        ("record", hex::encode(record)),
        ("a1", hex::encode(a1)),
        ("a2", hex::encode(a2)),
        ("a3", hex::encode(a3)),
    ])
}

fn lp(part: &[u8]) -> Vec<u8> {
    [&(part.len() as u32).to_be_bytes(), part].concat()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn public(key: &SecretKey) -> Vec<u8> {
    key.public_key().to_sec1_point(false).as_bytes().to_vec()
}

fn extract(salt: &[u8], secret: &[u8]) -> Vec<u8> {
    Hkdf::<Sha256>::extract(Some(salt), secret).0.to_vec()
}

fn expand(key: &[u8], info: &[u8], length: usize) -> Derived<Vec<u8>> {
    let mut out = vec![0; length];
    Hkdf::<Sha256>::from_prk(key)?.expand(info, &mut out)?;
    Ok(out)
}

fn hmac(key: &[u8], bytes: &[u8]) -> Derived<Vec<u8>> {
    Ok(Hmac::<Sha256>::new_from_slice(key)?.chain_update(bytes).finalize().into_bytes().to_vec())
}

/// `key` is key[32] ‖ nonce[12]; the nonce is taken XOR (0[4] ‖ seq).
fn seal(key: &[u8], seq: u64, aad: &[u8], plain: &[u8]) -> Derived<Vec<u8>> {
    let mut nonce: [u8; 12] = key[32..].try_into()?;
    for (byte, mask) in nonce[4..].iter_mut().zip(seq.to_be_bytes()) {
        *byte ^= mask;
    }
    let cipher = Aes256Gcm::new_from_slice(&key[..32])?;
    cipher.encrypt(&nonce.into(), Payload { msg: plain, aad }).map_err(|_| "AES-GCM refused to seal".into())
}

fn sign(key: &[u8; 32], label: &[u8], message: &[u8]) -> Derived<Vec<u8>> {
    let signature: Signature = SigningKey::from_slice(key)?.sign(&[label, &[0], message].concat());
    Ok(signature.to_bytes().to_vec())
}

fn statement(kind: u8, signer: &[u8; 32], life: u64, fields: &[&[u8]]) -> Derived<Vec<u8>> {
    let mut bytes = vec![kind, 1];
    bytes.extend(sha256(&public(&SecretKey::from_slice(signer)?)));
    bytes.extend(ISSUED.to_be_bytes());
    bytes.extend((ISSUED + life).to_be_bytes());
    for (tag, value) in (1u8..).zip(fields) {
        bytes.push(tag);
        bytes.extend(u16::try_from(value.len())?.to_be_bytes());
        bytes.extend(*value);
    }
    bytes.extend(sign(signer, b"beside1 statement", &bytes)?);
    Ok(bytes)
}

fn from(lanes: [u64; 3]) -> Vec<u8> {
    lanes.map(u64::to_be_bytes).concat()
}
