//! Logs whose first rows are gone.

use super::*;
use crate::testing::{entry, head_of, other_log_key};

/// Twelve rows with checkpoints at 4, 8 and 12, of which the last one says that rows up to `through` were deleted.
fn announced(through: i64) -> Log {
    let mut log = Log::write(11, 4);
    let mut last = entry(12, "first");
    (last.action, last.detail) = (ROWS_DELETED, [(DELETED_THROUGH, through.into())].into());
    log.append(last.to_line().unwrap());
    log.checkpoints.push(SignedCheckpoint::sign(&log.head, &log_key()).to_note());
    log
}

/// Where the log stood after its first rows.
fn head_at(log: &Log, size: usize) -> Head {
    let lines: Vec<_> = log.rows[..size].iter().map(|row| std::str::from_utf8(&row.line).unwrap()).collect();
    head_of(&lines)
}

/// Verifies the log without its first eight rows, beginning with the checkpoint there.
fn behead(mut log: Log) -> Report {
    let head = head_at(&log, 8);
    let keys = vec![log_key().public().clone()];
    let mut verifier = Verifier::starting_after(&head, &log.checkpoints[1], keys, Vec::new()).unwrap();
    log.rows.drain(..8);
    log.checkpoints.iter().for_each(|note| claim(&mut verifier, note));
    verifier.head(&log.head).unwrap();
    log.read(verifier)
}

#[test]
fn a_log_whose_old_rows_were_deleted_on_schedule_is_sound() {
    let report = behead(announced(8));
    assert_eq!(report.faults, []);
    assert_eq!((report.rows, report.deleted, report.size, report.signed), (4, 8, 12, 12));
    // The checkpoint it begins with, the last one, and the head; the first one is about rows that are gone.
    assert_eq!(report.claims, 3);
    assert_eq!(report.root, Some(announced(8).head.root()));
}

#[test]
fn a_start_that_no_row_explains_is_named() {
    assert_eq!(behead(announced(7)).faults, [Fault::Beheaded { last: 8 }]);
    assert_eq!(behead(Log::write(12, 4)).faults, [Fault::Beheaded { last: 8 }]);
}

#[test]
fn what_is_left_is_verified_as_before() {
    let mut log = announced(8);
    log.row(10).line = line(10, "second").into_bytes();
    assert_eq!(behead(log).faults, [Fault::Edited { seq: 10 }]);
    let mut log = announced(8);
    log.rows.remove(9);
    assert_eq!(behead(log).faults, [Fault::Deleted { first: 10, last: 10 }]);
}

#[test]
fn nothing_begins_with_a_head_that_was_not_signed() {
    let log = announced(8);
    let keys = || vec![log_key().public().clone()];
    let start = |head: &Head, note: &str| Verifier::starting_after(head, note, keys(), Vec::new()).map(|_| ());
    let head = head_at(&log, 8);
    assert_eq!(start(&head, &log.checkpoints[1]), Ok(()));
    assert_eq!(start(&head_at(&log, 7), &log.checkpoints[1]), Err(StartError::Differs));
    assert_eq!(start(&head, &log.checkpoints[0]), Err(StartError::Differs));
    let forged = SignedCheckpoint::sign(&head, &other_log_key()).to_note();
    assert_eq!(start(&head, &forged), Err(StartError::Checkpoint(CheckpointError::Unsigned)));
}

#[test]
fn a_checkpoint_under_another_size_and_a_missing_head_are_named() {
    let log = Log::write(8, 4);
    let mut verifier = verifier();
    verifier.checkpoint(8, &log.checkpoints[0]).unwrap();
    verifier.no_head();
    let faults = log.read(verifier).faults;
    assert_eq!(faults, [Fault::BadHead, Fault::CheckpointMisplaced { size: 8, says: 4 }]);
}
