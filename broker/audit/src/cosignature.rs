//! A witness's signature on a checkpoint (C2SP tlog-cosignature, `cosignature/v1`, Ed25519).

use crate::key::{SIGNATURE_LENGTH, WitnessKey, WitnessPublicKey};
use crate::note::NoteSignature;

/// Cosigns a checkpoint's text: "as of `now` (Unix ms), this is the largest I have seen of this log".
pub(crate) fn make(key: &WitnessKey, text: &str, now: u64) -> NoteSignature {
    let seconds = now / 1000;
    let signature = key.sign(&message(seconds, text));
    let (name, id) = (key.public().name().to_string(), key.public().id());
    NoteSignature { name, id, bytes: [seconds.to_be_bytes().as_slice(), &signature].concat() }
}

/// When the witness made this cosignature of the text (Unix ms); `None` if it didn't.
pub(crate) fn time(key: &WitnessPublicKey, text: &str, bytes: &[u8]) -> Option<u64> {
    let (seconds, signature) = bytes.split_first_chunk()?;
    let signature: &[u8; SIGNATURE_LENGTH] = signature.try_into().ok()?;
    let seconds = u64::from_be_bytes(*seconds);
    // Larger ones are no times (2⁶³ is the format's own bound; milliseconds bind first).
    let time = seconds.checked_mul(1000)?;
    key.verifies(&message(seconds, text), signature).then_some(time)
}

fn message(seconds: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}
