use proptest::prelude::*;

use super::*;
use crate::testing::{head_of, line, log_key, other_log_key, witness_key};

/// The documentation shows this log's checkpoint; what it says must stay true of logs that exist.
#[test]
fn a_checkpoint_is_written_as_documented() {
    let documentation = include_str!("../../../../docs/audit.md");
    let rows: Vec<String> = (1..=3).map(|seq| line(seq, "first")).collect();
    let head = head_of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let mut signed = SignedCheckpoint::sign(&head, &log_key());
    signed.cosign(&witness_key("witness.example.com"), 1_795_000_003_000);
    assert!(documentation.contains(&signed.to_note()), "{}", signed.to_note());
}

#[test]
fn a_signed_checkpoint_opens_with_its_key_and_no_other() {
    let (key, other) = (log_key(), other_log_key());
    let signed = SignedCheckpoint::sign(&head_of(&["a"]), &key);
    let note = signed.to_note();
    let own = [key.public().clone()];
    assert_eq!(SignedCheckpoint::open(&note, &own), Ok(signed.clone()));
    // Both keys have the same name, as after a change of keys; with both, either's checkpoints open.
    let both = [other.public().clone(), key.public().clone()];
    assert_eq!(SignedCheckpoint::open(&note, &both), Ok(signed));
    assert_eq!(SignedCheckpoint::open(&note, &both[..1]), Err(CheckpointError::Unsigned));
    assert_eq!(
        SignedCheckpoint::open(&note.replace("broker.", "another."), &own),
        Err(CheckpointError::OtherLog("another.example.com/audit".to_owned()))
    );
    let larger = note.replace("\n1\n", "\n2\n");
    assert_eq!(SignedCheckpoint::open(&larger, &own), Err(CheckpointError::Signature(key.public().name().clone())));
}

#[test]
fn a_text_that_is_written_otherwise_is_refused() {
    let checkpoint = SignedCheckpoint::sign(&head_of(&["a"]), &log_key()).checkpoint().clone();
    let text = checkpoint.to_text();
    assert_eq!(Checkpoint::parse(&text), Ok(checkpoint.clone()));
    let root = checkpoint.root.to_base64();
    let wrong = [
        text.replace("\n1\n", "\n01\n"),
        text.replace("\n1\n", "\n+1\n"),
        text.replace("\n1\n", "\n-1\n"),
        text.replace("\n1\n", "\n9007199254740992\n"),
        text.replace(&root, &root[4..]),
        text.replace("link ", "chain "),
        format!("{text}more\n"),
        text.lines().take(3).map(|line| format!("{line}\n")).collect(),
        text.trim_end().to_owned(),
        String::new(),
    ];
    for text in wrong {
        assert_eq!(Checkpoint::parse(&text), Err(CheckpointError::Text), "{text}");
    }
}

#[test]
fn a_cosignature_is_bound_to_the_text_the_time_and_the_witness() {
    let (log, witness) = (log_key(), witness_key("witness.example.com"));
    let keys = [log.public().clone()];
    let mut signed = SignedCheckpoint::sign(&head_of(&["a"]), &log);
    assert_eq!(signed.cosigned_by(witness.public()), Ok(None));
    signed.cosign(&witness, 1_795_000_000_999);
    signed.cosign(&witness, 1_795_000_060_999);
    let opened = SignedCheckpoint::open(&signed.to_note(), &keys).unwrap();
    assert_eq!(opened.note.signatures.len(), 2);
    assert_eq!(opened.cosigned_by(witness.public()), Ok(Some(1_795_000_060_000)));
    assert_eq!(opened.cosigned_by(witness_key("another").public()), Ok(None));

    let refused = Err(CheckpointError::Signature(witness.public().name().clone()));
    let mut later = opened.clone();
    later.note.signatures[1].bytes[7] ^= 1;
    assert_eq!(later.cosigned_by(witness.public()), refused);
    let mut elsewhere = SignedCheckpoint::sign(&head_of(&["b"]), &log);
    elsewhere.note.signatures.push(opened.note.signatures[1].clone());
    assert_eq!(elsewhere.cosigned_by(witness.public()), refused);
}

/// What others add to a note must not become what the witness stores, or it could grow past its bounds.
#[test]
fn a_cosigned_checkpoint_has_the_signatures_of_log_and_witness_only() {
    let (log, witness) = (log_key(), witness_key("witness.example.com"));
    let mut note = SignedCheckpoint::sign(&head_of(&["a"]), &log).to_note();
    let stranger = "\u{2014} broker.example.com/audit AAAAAAAA\n";
    note = note.replace("\n\n", &format!("\n\n{stranger}")) + &stranger.repeat(30);
    let mut signed = SignedCheckpoint::open(&note, &[log.public().clone()]).unwrap();
    assert_eq!(signed.to_note(), note);
    signed.cosign(&witness, 1_000);
    let opened = SignedCheckpoint::open(&signed.to_note(), &[log.public().clone()]).unwrap();
    assert_eq!(opened.note.signatures.len(), 2);
    assert_eq!(opened.cosigned_by(witness.public()), Ok(Some(1_000)));
}

/// The signed message and signature line as C2SP tlog-cosignature has them, put together by hand.
#[test]
fn a_cosignature_has_the_form_of_c2sp() {
    let (log, witness) = (log_key(), witness_key("witness.example.com"));
    let mut signed = SignedCheckpoint::sign(&head_of(&["a"]), &log);
    signed.cosign(&witness, 1_679_315_147_000);
    let message = format!("cosignature/v1\ntime 1679315147\n{}", signed.note.text);
    let bytes = [&1_679_315_147_u64.to_be_bytes()[..], &witness.sign(message.as_bytes())].concat();
    assert_eq!(signed.note.signatures[1].bytes, bytes);
}

#[test]
fn a_checkpoint_is_due_by_rows_or_by_time() {
    let cases = [
        (0, 0, u64::MAX, false),
        (1, 1_000, 60_999, false),
        (1, 1_000, 61_000, true),
        (999, 1_000, 1_000, false),
        (1_000, 1_000, 1_000, true),
        // A clock that was set back.
        (1, 1_000, 0, false),
    ];
    for (unsigned, since, now, due) in cases {
        assert_eq!(checkpoint_is_due(unsigned, since, now), due, "{unsigned} {since} {now}");
    }
}

proptest! {
    /// One byte of the note changed: refused, or what is signed is untouched (another's signature line was hit).
    #[test]
    fn a_changed_byte_never_opens_as_another_checkpoint(at in any::<prop::sample::Index>(), by in 1..128_u8) {
        let log = log_key();
        let mut signed = SignedCheckpoint::sign(&head_of(&["a", "b"]), &log);
        signed.cosign(&witness_key("w"), 5_000);
        let mut note = signed.to_note().into_bytes();
        let at = at.index(note.len());
        note[at] ^= by;
        let Ok(note) = String::from_utf8(note) else { return Ok(()) };
        if let Ok(opened) = SignedCheckpoint::open(&note, &[log.public().clone()]) {
            prop_assert_eq!(opened.checkpoint(), signed.checkpoint());
        }
    }
}
