//! Hashes over what was said: every part with its length before it, so that no two splits hash alike.

use sha2::{Digest as _, Sha256};

/// `lp(x)` = u32 length ‖ x, added to `out`.
pub(crate) fn push_lp(out: &mut Vec<u8>, part: &[u8]) {
    out.extend_from_slice(&lp_length(part));
    out.extend_from_slice(part);
}

/// The length that goes before a part. Every part is a message or statement of at most a few ten thousand bytes.
pub(crate) const fn lp_length(part: &[u8]) -> [u8; 4] {
    (part.len() as u32).to_be_bytes()
}

/// Takes one `lp` part off the front of `rest`.
pub(crate) fn take_lp<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (part, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

/// SHA-256 over the label and the parts, each as `lp`.
pub(crate) fn hash(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        hash.update(lp_length(part));
        hash.update(part);
    }
    hash.finalize().into()
}

/// The commitment of M1 to M3: H(lp("beside1 commit") ‖ lp(M1's first 19 bytes) ‖ lp(M3)).
pub(crate) fn commitment(m1_head: &[u8], m3: &[u8]) -> [u8; 32] {
    hash("beside1 commit", &[m1_head, m3])
}

/// TH, over the whole exchange of keys.
pub(crate) fn th(m1: &[u8], m2: &[u8], m3: &[u8]) -> [u8; 32] {
    hash("beside1 th", &[m1, m2, m3])
}

/// TH4, what M5 is bound to.
pub(crate) fn th4(th: &[u8; 32], m4: &[u8]) -> [u8; 32] {
    hash("beside1 th4", &[th, m4])
}

/// TH2, over everything: what the session's keys are bound to.
pub(crate) fn th2(th: &[u8; 32], m4: &[u8], m5: &[u8]) -> [u8; 32] {
    hash("beside1 th2", &[th, m4, m5])
}
