//! Checkpoints, witness and head as claims, true and false.

use super::*;
use crate::testing::{other_log_key, witness_key};
use crate::{CHECKPOINT_MS, KeyName, LogKey, Offer, Witness, WitnessKey};

/// What a witness says that saw the log's first rows, up to its `checkpoints`-th checkpoint.
fn witnessed(log: &Log, key: WitnessKey, checkpoints: usize) -> Standing {
    let mut witness = Witness::new(vec![log_key().public().clone()], key);
    let size = log.rows.len() / log.checkpoints.len() * checkpoints;
    let lines = log.rows[..size].iter().map(|row| String::from_utf8(row.line.clone()).unwrap()).collect();
    let offer = Offer { first_seq: 1, lines, checkpoint: log.checkpoints[checkpoints - 1].clone() };
    witness.offer(&offer).unwrap().commit(1_795_000_000_000)
}

fn with_witness() -> (Verifier, WitnessKey) {
    let key = witness_key("witness.example.com");
    (Verifier::new(vec![log_key().public().clone()], vec![key.public().clone()]), key)
}

#[test]
fn a_witness_agrees_with_the_log_that_it_saw() {
    let log = Log::write(12, 4);
    let (mut verifier, key) = with_witness();
    verifier.witness(&witnessed(&log, key, 2)).unwrap();
    let report = log.read(verifier);
    assert_eq!(report.faults, []);
    assert_eq!((report.witnessed, report.signed, report.claims, report.unsigned()), (8, 8, 1, 4));
}

/// The attacker has the database and the checkpoint key: all is rewritten and signed again.
#[test]
fn only_the_witness_finds_a_rewriting_by_who_has_the_checkpoint_key() {
    let log = Log::write(12, 4);
    let mut rewritten = log.clone();
    rewritten.rewrite(6, 12);
    rewritten.checkpoints = vec![SignedCheckpoint::sign(&rewritten.head, &log_key()).to_note()];
    assert!(rewritten.verify().is_sound());
    let (mut verifier, key) = with_witness();
    verifier.witness(&witnessed(&log, key, 3)).unwrap();
    let fault = Fault::Rewritten { by: Claimant::Witness, agreed: 0, size: 12 };
    assert_eq!(rewritten.read(verifier).faults, [fault]);
}

#[test]
fn the_witness_finds_a_tail_that_was_cut_with_its_checkpoints() {
    let log = Log::write(12, 4);
    let mut cut = log.clone();
    cut.rewrite(7, 6);
    cut.checkpoints.truncate(1);
    assert!(cut.verify().is_sound());
    let (mut verifier, key) = with_witness();
    verifier.witness(&witnessed(&log, key, 3)).unwrap();
    let fault = Fault::CutTail { by: Claimant::Witness, rows: 6, claimed: 12 };
    assert_eq!(cut.read(verifier).faults, [fault]);
}

#[test]
fn what_a_witness_did_not_sign_is_no_more_than_a_claim() {
    let log = Log::write(12, 4);
    let (mut verifier, key) = with_witness();
    let mut standing = witnessed(&log, key, 2);
    // Its copy goes on, as after a loss of power between lines and checkpoint.
    (standing.size, standing.root) = (12, log.head.root());
    verifier.witness(&standing).unwrap();
    let report = log.read(verifier);
    assert_eq!((report.faults, report.witnessed, report.claims), (vec![], 8, 2));

    let (mut verifier, _) = with_witness();
    standing.root = Hash::ZERO;
    verifier.witness(&standing).unwrap();
    assert_eq!(log.read(verifier).faults, [Fault::Rewritten { by: Claimant::Witness, agreed: 8, size: 12 }]);

    let (mut verifier, _) = with_witness();
    standing.checkpoint = Some(log.checkpoints[1].clone());
    verifier.witness(&standing).unwrap();
    let fault = Fault::BadCheckpoint { by: Claimant::Witness, error: CheckpointError::Unsigned };
    assert_eq!(log.read(verifier).faults, [fault]);
}

#[test]
fn false_checkpoints_are_named() {
    let log = Log::write(4, 4);
    let bad = |note: String| {
        let mut verifier = verifier();
        verifier.checkpoint(4, &note).unwrap();
        match log.read(verifier).faults.as_slice() {
            [Fault::BadCheckpoint { by: Claimant::Checkpoint, error }] => error.clone(),
            faults => panic!("{faults:?}"),
        }
    };
    let name = log_key().public().name().clone();
    assert_eq!(bad(SignedCheckpoint::sign(&log.head, &other_log_key()).to_note()), CheckpointError::Unsigned);
    assert_eq!(bad(log.checkpoints[0].replace("\n4\n", "\n3\n")), CheckpointError::Signature(name));
    let elsewhere = LogKey::generate(KeyName::new("elsewhere").unwrap(), &mut crate::testing::TestRandom::new(9));
    assert_eq!(
        bad(SignedCheckpoint::sign(&log.head, &elsewhere).to_note()),
        CheckpointError::OtherLog("elsewhere".to_owned())
    );
    assert!(matches!(bad("not a note".to_owned()), CheckpointError::Note(_)));
}

#[test]
fn keys_may_change_over_the_years() {
    let mut log = Log::write(8, 4);
    log.append(line(9, "first"));
    log.checkpoints.push(SignedCheckpoint::sign(&log.head, &other_log_key()).to_note());
    let keys = vec![other_log_key().public().clone(), log_key().public().clone()];
    let mut verifier = Verifier::new(keys, Vec::new());
    log.checkpoints.iter().for_each(|note| claim(&mut verifier, note));
    let report = log.read(verifier);
    assert_eq!((report.faults, report.signed), (vec![], 9));
}

#[test]
fn the_stored_head_is_held_against_the_rows() {
    let mut log = Log::write(5, 9);
    log.head = crate::testing::head_of(&["a", "b", "c", "d", "e"]);
    assert_eq!(log.verify().faults, [Fault::Rewritten { by: Claimant::Head, agreed: 0, size: 5 }]);
}

/// Only a broker that computes wrongly signs the right root with another link.
#[test]
fn the_link_of_a_claim_counts_as_its_root_does() {
    let log = Log::write(4, 9);
    let mut column = log.head.to_bytes();
    column[20] ^= 1;
    let mut verifier = verifier();
    let wrong = SignedCheckpoint::sign(&Head::from_bytes(&column).unwrap(), &log_key());
    claim(&mut verifier, &wrong.to_note());
    assert_eq!(log.read(verifier).faults, [Fault::Rewritten { by: Claimant::Checkpoint, agreed: 0, size: 4 }]);
}

#[test]
fn the_newest_checkpoint_alone_is_enough() {
    let log = Log::write(12, 4);
    let mut verifier = verifier();
    claim(&mut verifier, &log.checkpoints[2]);
    let report = log.read(verifier);
    assert_eq!((report.faults, report.signed), (vec![], 12));
}

#[test]
fn a_log_without_rows_is_sound_unless_there_were_some() {
    let report = Log::write(0, 1).verify();
    assert!(report.is_sound());
    assert_eq!((report.rows, report.claims, report.unsigned()), (0, 1, 0));
    let mut emptied = Log::write(3, 3);
    emptied.rows.clear();
    let cut = |by| Fault::CutTail { by, rows: 0, claimed: 3 };
    assert_eq!(emptied.verify().faults, [cut(Claimant::Checkpoint), cut(Claimant::Head)]);
}

#[test]
fn the_unsigned_tail_is_told_and_no_fault() {
    let log = Log::write(10, 4);
    let report = log.verify();
    let ninth = 1_795_000_009_000;
    assert_eq!((report.unsigned(), report.unsigned_since), (2, Some(ninth)));
    assert!(!report.is_unsigned_too_long(ninth + CHECKPOINT_MS - 1));
    assert!(report.is_unsigned_too_long(ninth + CHECKPOINT_MS));
    assert!(report.is_sound());
    let all = Log::write(8, 4).verify();
    assert_eq!((all.unsigned(), all.unsigned_since), (0, None));
    assert!(!all.is_unsigned_too_long(u64::MAX));
    // Checkpoints that somebody deleted leave a long tail.
    let mut bare = log;
    bare.checkpoints.clear();
    assert_eq!(bare.verify().unsigned(), 10);
}

#[test]
fn claims_may_come_between_the_rows_but_not_after_theirs() {
    let log = Log::write(8, 4);
    let mut verifier = verifier();
    for row in &log.rows[..4] {
        verifier.row(Row { seq: row.seq, line: &row.line, link: &row.link, columns: None, personal: &[] });
    }
    claim(&mut verifier, &log.checkpoints[0]);
    claim(&mut verifier, &log.checkpoints[1]);
    for row in &log.rows[4..] {
        verifier.row(Row { seq: row.seq, line: &row.line, link: &row.link, columns: None, personal: &[] });
    }
    assert_eq!(verifier.checkpoint(4, &log.checkpoints[0]), Err(ClaimError::Late { size: 4, at: 8 }));
    let report = verifier.finish();
    assert_eq!((report.faults, report.claims), (vec![], 2));
}

#[test]
fn waiting_claims_are_bounded() {
    let log = Log::write(2, 2);
    let mut verifier = verifier();
    for _ in 0..MAX_CLAIMS {
        verifier.head(&log.head).unwrap();
    }
    assert_eq!(verifier.head(&log.head), Err(ClaimError::Full));
    let row = &log.rows[0];
    verifier.row(Row { seq: row.seq, line: &row.line, link: &row.link, columns: None, personal: &[] });
    let row = &log.rows[1];
    verifier.row(Row { seq: row.seq, line: &row.line, link: &row.link, columns: None, personal: &[] });
    assert_eq!(verifier.head(&log.head), Ok(()));
}

/// The report as the command and the console show it.
#[test]
fn a_report_is_json_and_its_faults_are_words() {
    let mut log = Log::write(3, 3);
    log.row(2).line.push(b' ');
    let report = log.verify();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["faults"], serde_json::json!([{ "fault": "edited", "seq": 2 }]));
    assert_eq!(json["rows"], 3);
    let by = Claimant::Witness;
    assert_eq!(
        Fault::CutTail { by, rows: 3, claimed: 9 }.to_string(),
        "the log was cut: the witness has seen 9 rows, and 3 are there"
    );
    let bad = Fault::BadCheckpoint { by, error: CheckpointError::Unsigned };
    let json =
        serde_json::json!({ "fault": "bad_checkpoint", "by": "witness", "error": "no signature of a known key" });
    assert_eq!(serde_json::to_value(bad).unwrap(), json);
}
