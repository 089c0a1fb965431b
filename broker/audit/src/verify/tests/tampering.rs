//! Rows that were changed, removed, moved and added.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::testing::{TestRandom, entry};
use crate::{Field, Hash};

/// Any size, and checkpoints that seldom end where the log does.
fn any_log() -> impl Strategy<Value = Log> {
    (1..40_u64, 1..12_u64).prop_map(|(count, every)| Log::write(count, every))
}

proptest! {
    #[test]
    fn a_log_as_it_was_written_is_sound(log in any_log()) {
        let report = log.verify();
        prop_assert_eq!(&report.faults, &[]);
        prop_assert_eq!(report.rows, log.rows.len() as u64);
        prop_assert_eq!(report.claims, log.checkpoints.len() as u64 + 1);
        prop_assert_eq!((report.root, report.link), (Some(log.head.root()), Some(log.head.link())));
    }

    #[test]
    fn an_edited_line_is_named(log in any_log(), row in any::<Index>(), at in any::<Index>(), by in 1..=255_u8) {
        let mut log = log;
        let row = row.get_mut(&mut log.rows);
        let at = at.index(row.line.len());
        row.line[at] ^= by;
        let seq = row.seq;
        prop_assert_eq!(log.verify().faults, [Fault::Edited { seq }]);
    }

    #[test]
    fn a_changed_link_is_named(log in any_log(), row in any::<Index>(), at in any::<Index>(), by in 1..=255_u8) {
        let mut log = log;
        let row = row.get_mut(&mut log.rows);
        let at = at.index(row.link.len());
        row.link[at] ^= by;
        let seq = row.seq;
        prop_assert_eq!(log.verify().faults, [Fault::BrokenLink { seq }]);
    }

    #[test]
    fn a_link_of_the_wrong_length_is_named(log in any_log(), row in any::<Index>(), length in 0..32_usize) {
        let mut log = log;
        let row = row.get_mut(&mut log.rows);
        row.link.truncate(length);
        let seq = row.seq;
        prop_assert_eq!(log.verify().faults, [Fault::BrokenLink { seq }]);
    }

    #[test]
    fn deleted_rows_are_named(log in any_log(), first in any::<Index>(), count in 1..5_usize) {
        let mut log = log;
        let (rows, first) = (log.rows.len(), first.index(log.rows.len()));
        let past = (first + count).min(rows);
        log.rows.drain(first..past);
        let (first, last, rows) = (first as u64 + 1, past as u64, rows as u64);
        let faults = log.verify().faults;
        if last < rows {
            prop_assert_eq!(faults, [Fault::Deleted { first, last }]);
        } else {
            // Nothing comes after the gap: the tail was cut.
            let cut = Fault::CutTail { by: Claimant::Head, rows: first - 1, claimed: rows };
            prop_assert!(faults.contains(&cut), "{:?}", faults);
        }
    }

    /// The numbers of two rows are exchanged, as in a table that is read in the order of its key.
    #[test]
    fn exchanged_rows_are_named(log in any_log(), one in any::<Index>(), other in any::<Index>()) {
        let mut log = log;
        let (one, other) = (one.index(log.rows.len()), other.index(log.rows.len()));
        prop_assume!(one < other);
        let (first, last) = (log.rows[one].seq, log.rows[other].seq);
        (log.rows[one].seq, log.rows[other].seq) = (last, first);
        log.rows.swap(one, other);
        let misplaced = [Fault::Misplaced { seq: first, says: last }, Fault::Misplaced { seq: last, says: first }];
        prop_assert_eq!(log.verify().faults, misplaced);
    }

    /// Two lines of an export change places, with their numbers.
    #[test]
    fn rows_that_come_late_are_named(log in any_log(), one in any::<Index>(), other in any::<Index>()) {
        let mut log = log;
        let (one, other) = (one.index(log.rows.len()), other.index(log.rows.len()));
        prop_assume!(one < other);
        log.rows.swap(one, other);
        let late: Vec<Fault> = (one as u64 + 1..=other as u64).map(|seq| Fault::OutOfOrder { seq }).collect();
        prop_assert_eq!(log.verify().faults, late);
    }

    /// A second row with a number that there is already, before or after the true one, with a link that fits.
    #[test]
    fn an_added_row_is_named(log in any_log(), at in any::<Index>(), before in any::<bool>()) {
        let mut log = log;
        let at = at.index(log.rows.len());
        let seq = log.rows[at].seq;
        let previous = at.checked_sub(1).map_or(Hash::ZERO, |at| Hash::try_from(log.rows[at].link.as_slice()).unwrap());
        let line = line(seq, "added").into_bytes();
        let link = crate::link_hash(&previous, &leaf_hash(&line)).as_bytes().to_vec();
        log.rows.insert(if before { at } else { at + 1 }, Stored { seq, line, link });
        let faults = log.verify().faults;
        prop_assert!(faults.contains(&Fault::Repeated { seq }), "{:?}", faults);
        // Nothing is said against the rows around it; a checkpoint that ends at this very row knows the true one.
        let known = |fault: &Fault| {
            *fault == Fault::Repeated { seq } || matches!(fault, Fault::Rewritten { size, .. } if *size == seq)
        };
        prop_assert!(faults.iter().all(known), "{:?}", faults);
    }

    /// A row is pushed in, or taken out, and all later ones are renumbered: their lines give it away.
    #[test]
    fn renumbered_rows_are_named(log in any_log(), at in any::<Index>(), adds in any::<bool>()) {
        let mut log = log;
        let at = at.index(log.rows.len());
        prop_assume!(at + 1 < log.rows.len());
        if adds {
            let copy = log.rows[at].clone();
            log.rows.insert(at + 1, copy);
        } else {
            log.rows.remove(at);
        }
        log.rows.iter_mut().zip(1..).for_each(|(row, seq)| row.seq = seq);
        let faults = log.verify().faults;
        let seq = at as u64 + 1;
        let misplaced = if adds { Fault::Misplaced { seq: seq + 1, says: seq } } else { Fault::Misplaced { seq, says: seq + 1 } };
        prop_assert!(faults.contains(&misplaced), "{:?}", faults);
    }

    #[test]
    fn a_cut_tail_is_found_although_the_head_was_put_right(log in any_log(), left in any::<Index>()) {
        let mut log = log;
        let left = left.index(log.rows.len()) as u64;
        let signed = log.verify().signed;
        prop_assume!(left < signed);
        log.rewrite(left + 1, left);
        let cut = Fault::CutTail { by: Claimant::Checkpoint, rows: left, claimed: signed };
        prop_assert_eq!(log.verify().faults, [cut]);
    }

    /// Everything from some row on is written anew, links and head too: only what was signed knows better.
    #[test]
    fn a_rewritten_log_is_found_by_its_checkpoints(
        count in 1..40_u64, every in 1..12_u64, first in any::<Index>(), more in 0..9_u64,
    ) {
        let mut log = Log::write(count, every);
        let first = first.index(count as usize) as u64 + 1;
        let signed = count / every * every;
        log.rewrite(first, count + more);
        let report = log.verify();
        if first <= signed {
            let agreed = (first - 1) / every * every;
            let rewritten = Fault::Rewritten { by: Claimant::Checkpoint, agreed, size: agreed + every };
            prop_assert_eq!(&report.faults, &[rewritten]);
            prop_assert_eq!(report.signed, agreed);
        } else {
            // Nobody signed these rows yet. The report says how many there are.
            prop_assert_eq!(&report.faults, &[]);
            prop_assert_eq!(report.unsigned(), count + more - signed);
        }
    }

    #[test]
    fn whatever_stands_in_the_table_the_verifier_survives(
        rows in proptest::collection::vec((prop_oneof![0..9_u64, any::<u64>()], 0..9_u64, any::<bool>(), 0..40_usize), 0..30),
        seed in any::<u64>(),
    ) {
        let mut random = TestRandom::new(seed);
        let mut verifier = verifier();
        let sound = Log::write(8, 3);
        sound.checkpoints.iter().for_each(|note| claim(&mut verifier, note));
        for (seq, says, real, length) in rows {
            let mut noise = vec![0; length];
            random.fill_bytes(&mut noise);
            let line = if real { line(says + 1, "first").into_bytes() } else { noise.clone() };
            let link = sound.rows.get(says as usize).filter(|_| real).map_or(noise, |row| row.link.clone());
            verifier.row(Row { seq, line: &line, link: &link, columns: None, personal: &[] });
        }
        let report = verifier.finish();
        prop_assert!(report.faults.len() <= MAX_FAULTS + 6);
    }
}

#[test]
fn a_line_that_was_chained_but_is_no_entry_is_named() {
    let mut log = Log::write(2, 9);
    log.append("{\"seq\":3}".to_owned());
    log.append(line(4, "first"));
    let faults = log.verify().faults;
    assert!(matches!(faults.as_slice(), [Fault::Unreadable { seq: 3, .. }]), "{faults:?}");
}

#[test]
fn faults_beyond_the_bound_are_counted() {
    let mut log = Log::write(300, 500);
    (1..=300).step_by(2).for_each(|seq| log.row(seq).line.push(b' '));
    let report = log.verify();
    assert_eq!((report.faults.len(), report.more_faults), (MAX_FAULTS, 50));
    assert!(!report.is_sound());
    // However many there are, they don't bury that the log was cut.
    log.rows.truncate(250);
    let cut = Fault::CutTail { by: Claimant::Head, rows: 250, claimed: 300 };
    assert_eq!(log.verify().faults.last(), Some(&cut));
}

#[test]
fn personal_values_are_held_against_their_line() {
    let (salt, name) = ([7; 32], "김민준");
    let mut entry = entry(1, "first");
    entry.personal.insert(Field::fixed("name"), personal_hash(&salt, "name", name));
    entry.personal.insert(Field::fixed("address"), personal_hash(&salt, "address", "192.0.2.7"));
    let mut log = Log::write(0, 1);
    log.append(entry.to_line().unwrap());
    let report_of = |personal: &[Personal<'_>]| {
        let mut verifier = verifier();
        let row = &log.rows[0];
        verifier.row(Row { seq: 1, line: &row.line, link: &row.link, columns: None, personal });
        let report = verifier.finish();
        (report.personal, report.personal_verified, report.faults)
    };
    let field = || "name".to_owned();
    let (salt, other) = (&salt[..], &[8; 32][..]);
    let personal = |field, salt, value| Personal { field, salt, value };
    let good = personal("name", salt, Some(name));
    assert_eq!(report_of(&[good, personal("address", salt, Some("192.0.2.7"))]), (2, 2, vec![]));
    // Deleted, as retention wants it: no fault.
    assert_eq!(report_of(&[good]), (2, 1, vec![]));
    assert_eq!(report_of(&[]), (2, 0, vec![]));
    let altered = Fault::PersonalAltered { seq: 1, field: field() };
    assert_eq!(report_of(&[personal("name", salt, Some("이서연"))]), (2, 0, vec![altered.clone()]));
    assert_eq!(report_of(&[personal("name", other, Some(name))]), (2, 0, vec![altered]));
    let unreadable = Fault::PersonalUnreadable { seq: 1, field: field() };
    assert_eq!(report_of(&[personal("name", salt, None)]), (2, 0, vec![unreadable.clone()]));
    assert_eq!(report_of(&[personal("name", &salt[1..], Some(name))]), (2, 0, vec![unreadable]));
    let unknown = Fault::PersonalUnknown { seq: 1, field: "phone".to_owned() };
    assert_eq!(report_of(&[personal("phone", salt, Some("1"))]), (2, 0, vec![unknown]));
    assert_eq!(format!("{good:?}"), "Personal(name, hidden)");
}

/// The lines are in order; what is searched by isn't.
#[test]
fn changed_columns_are_named() {
    let log = Log::write(1, 1);
    let (row, entry) = (&log.rows[0], entry(1, "first"));
    let report_of = |columns| {
        let mut verifier = verifier();
        verifier.row(Row { seq: 1, line: &row.line, link: &row.link, columns: Some(columns), personal: &[] });
        verifier.finish().faults
    };
    let columns = Columns::of(&entry);
    assert_eq!(
        columns,
        Columns { at: 1_795_000_001_000, account: Some("acc-1"), action: "session.ended", about: Some("sid-1") }
    );
    assert_eq!(report_of(columns), []);
    let altered = [
        Columns { at: 0, ..columns },
        Columns { account: None, ..columns },
        Columns { action: "session.began", ..columns },
        Columns { about: Some("sid-2"), ..columns },
    ];
    for columns in altered {
        assert_eq!(report_of(columns), [Fault::ColumnsAltered { seq: 1 }]);
    }
}

#[test]
fn a_hundred_thousand_rows_are_read() {
    let log = Log::write(100_000, 1_000);
    let report = log.verify();
    assert!(report.is_sound());
    assert_eq!((report.rows, report.size, report.signed, report.unsigned()), (100_000, 100_000, 100_000, 0));
    assert_eq!((report.first_at, report.last_at), (Some(1_795_000_001_000), Some(1_795_100_000_000)));
    let mut edited = log;
    edited.row(71_234).line[9] ^= 1;
    assert_eq!(edited.verify().faults, [Fault::Edited { seq: 71_234 }]);
}
