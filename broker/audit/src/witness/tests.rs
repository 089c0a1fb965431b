use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::LineError;
use crate::testing::{line, log_key, other_log_key, witness_key};

const NOW: u64 = 1_795_000_000_000;

/// A log's lines and what it signs; `word` tells histories apart.
fn lines(first: u64, last: u64, word: &str) -> Vec<String> {
    (first..=last).map(|seq| line(seq, word)).collect()
}

fn signed(lines: &[String]) -> String {
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    SignedCheckpoint::sign(&crate::testing::head_of(&lines), &log_key()).to_note()
}

/// An offer of rows `first` to `last` of one history, with the checkpoint at `last`.
fn offer(first: u64, last: u64) -> Offer {
    Offer { first_seq: first, lines: lines(first, last, "first"), checkpoint: signed(&lines(1, last, "first")) }
}

fn log_keys() -> Vec<LogPublicKey> {
    vec![log_key().public().clone()]
}

fn key() -> WitnessKey {
    witness_key("witness.example.com")
}

/// A witness that has seen rows 1 to `size`.
fn witness(size: u64) -> Witness {
    let mut witness = Witness::new(log_keys(), key());
    if size > 0 {
        witness.offer(&offer(1, size)).unwrap().commit(NOW);
    }
    witness
}

fn refusal(witness: &mut Witness, offer: &Offer) -> Refusal {
    let before = witness.standing();
    let refusal = witness.offer(offer).unwrap_err();
    assert_eq!(witness.standing(), before);
    refusal
}

#[test]
fn growth_is_accepted_and_cosigned() {
    let mut witness = witness(0);
    let mut file = String::new();
    for (first, last) in [(1, 3), (4, 4), (5, 9)] {
        let offer = offer(first, last);
        let accepted = witness.offer(&offer).unwrap();
        file.push_str(&accepted.to_append());
        let standing = accepted.commit(NOW + last * 1000);
        assert_eq!(standing.size, last);
        let cosigned = SignedCheckpoint::open(&standing.checkpoint.unwrap(), &log_keys()).unwrap();
        assert_eq!((cosigned.checkpoint().size, cosigned.checkpoint().root), (last, standing.root));
        assert_eq!(cosigned.cosigned_by(key().public()), Ok(Some(NOW + last * 1000)));
    }
    assert_eq!(file, lines(1, 9, "first").join("\n") + "\n");
}

#[test]
fn what_is_not_committed_did_not_happen() {
    let mut witness = witness(3);
    let before = witness.standing();
    let offer = offer(4, 6);
    drop(witness.offer(&offer).unwrap());
    assert_eq!(witness.standing(), before);
    assert!(witness.offer(&offer).is_ok());
}

#[test]
fn rows_may_be_offered_again_and_none_at_all() {
    let mut witness = witness(5);
    for (again, fresh) in [(offer(1, 5), 0), (offer(4, 5), 0), (offer(3, 7), 2), (offer(8, 8), 1)] {
        let accepted = witness.offer(&again).unwrap();
        assert_eq!(accepted.to_append().lines().count(), fresh);
        accepted.commit(NOW);
    }
    let empty = Offer { lines: Vec::new(), ..offer(1, 8) };
    let standing = witness.offer(&empty).unwrap().commit(NOW + 60_000);
    let cosigned = SignedCheckpoint::open(&standing.checkpoint.unwrap(), &log_keys()).unwrap();
    assert_eq!(cosigned.cosigned_by(key().public()), Ok(Some(NOW + 60_000)));
}

#[test]
fn a_gap_is_told_where_to_begin() {
    let mut witness = witness(5);
    let behind = Refusal::Behind { expected: 6 };
    assert_eq!(refusal(&mut witness, &offer(7, 9)), behind);
    assert_eq!(refusal(&mut witness, &Offer { lines: Vec::new(), ..offer(6, 9) }), behind);
    assert_eq!(refusal(&mut witness, &Offer { lines: lines(6, 8, "first"), ..offer(6, 9) }), behind);
    assert!(!behind.is_alarm());
    let none = Offer { first_seq: 0, ..offer(6, 9) };
    assert_eq!(refusal(&mut witness, &none), Refusal::Malformed { seq: 0 });
    let last = Offer { first_seq: u64::MAX, ..offer(6, 9) };
    assert_eq!(refusal(&mut witness, &last), Refusal::Malformed { seq: 0 });
}

/// The log's own key signs all of these: that is what a witness is for.
#[test]
fn another_history_is_refused() {
    let mut witness = witness(5);
    let second = [lines(1, 3, "first"), lines(4, 9, "second")].concat();
    let with = |first: u64, last: u64| Offer {
        first_seq: first,
        lines: second[first as usize - 1..last as usize].to_vec(),
        checkpoint: signed(&second[..last as usize]),
    };
    assert_eq!(refusal(&mut witness, &with(1, 9)), Refusal::Rewritten { seq: 4 });
    assert_eq!(refusal(&mut witness, &with(6, 9)), Refusal::Rewritten { seq: 9 });
    assert_eq!(refusal(&mut witness, &with(4, 5)), Refusal::Rewritten { seq: 4 });
    assert_eq!(refusal(&mut witness, &Offer { lines: Vec::new(), ..with(1, 5) }), Refusal::Rewritten { seq: 5 });
    // The true rows again, under the checkpoint of the other history.
    let mixed = Offer { checkpoint: with(1, 5).checkpoint, ..offer(1, 5) };
    assert_eq!(refusal(&mut witness, &mixed), Refusal::Rewritten { seq: 5 });
    assert!(Refusal::Rewritten { seq: 5 }.is_alarm());
}

#[test]
fn a_log_that_shrank_is_refused() {
    let mut witness = witness(5);
    assert_eq!(refusal(&mut witness, &offer(1, 4)), Refusal::Shrunk { size: 5, offered: 4 });
    assert_eq!(refusal(&mut witness, &offer(4, 4)), Refusal::Shrunk { size: 5, offered: 4 });
}

#[test]
fn a_checkpoint_that_is_not_the_logs_is_refused() {
    let mut witness = witness(5);
    let rows = lines(1, 6, "first");
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let foreign = SignedCheckpoint::sign(&crate::testing::head_of(&rows), &other_log_key()).to_note();
    let notes = [foreign, offer(6, 6).checkpoint.replace("\n6\n", "\n7\n"), String::new()];
    for checkpoint in notes {
        let forged = refusal(&mut witness, &Offer { checkpoint, ..offer(6, 6) });
        assert!(matches!(forged, Refusal::Forged { .. }), "{forged}");
    }
}

#[test]
fn rows_that_nobody_signed_are_refused() {
    let mut witness = witness(5);
    let surplus = Offer { lines: lines(6, 9, "first"), ..offer(6, 8) };
    assert_eq!(refusal(&mut witness, &surplus), Refusal::Surplus { seq: 9 });
}

#[test]
fn lines_that_are_not_the_entries_of_their_places_are_refused() {
    // The log signs them, so only their form is wrong.
    let with = |line: String| {
        let all = [lines(1, 5, "first"), vec![line.clone()]].concat();
        Offer { first_seq: 6, lines: vec![line], checkpoint: signed(&all) }
    };
    for bad in [line(7, "first"), format!("{} ", line(6, "first")), "x\ny".to_owned(), String::new()] {
        assert_eq!(refusal(&mut witness(5), &with(bad)), Refusal::Malformed { seq: 6 });
    }
    assert!(witness(5).offer(&with(line(6, "first"))).is_ok());
}

#[test]
fn offers_are_bounded() {
    let mut witness = witness(0);
    let many = Offer { lines: vec![String::new(); MAX_OFFER_LINES + 1], ..offer(1, 1) };
    assert_eq!(refusal(&mut witness, &many), Refusal::TooLarge);
    let long = Offer { lines: vec!["x".repeat(MAX_OFFER_BYTES + 1)], ..offer(1, 1) };
    assert_eq!(refusal(&mut witness, &long), Refusal::TooLarge);
}

#[test]
fn rows_from_before_memory_are_told_where_to_begin() {
    let size = REMEMBERED as u64 + 2;
    let mut witness = witness(size);
    assert!(witness.offer(&offer(3, size)).is_ok());
    assert_eq!(refusal(&mut witness, &offer(2, size)), Refusal::Behind { expected: size + 1 });
}

fn recover(file: &[u8], pieces: usize, note: Option<&str>) -> Result<Recovered, RecoveryError> {
    let mut recovery = Recovery::new(log_keys(), key(), note)?;
    file.chunks(pieces.max(1)).try_for_each(|piece| recovery.feed(piece))?;
    recovery.finish()
}

fn file(last: u64) -> String {
    lines(1, last, "first").into_iter().map(|line| line + "\n").collect()
}

#[test]
fn a_witness_goes_on_where_it_was() {
    let mut before = witness(5);
    let standing = before.standing();
    let recovered = recover(file(5).as_bytes(), 7, standing.checkpoint.as_deref()).unwrap();
    assert_eq!((recovered.keep, recovered.torn), (file(5).len() as u64, 0));
    let mut after = recovered.witness;
    assert_eq!(after.standing(), standing);
    for offer in [offer(4, 7), offer(8, 8)] {
        let again = after.offer(&offer).unwrap().commit(NOW);
        assert_eq!(again, before.offer(&offer).unwrap().commit(NOW));
    }
    assert_eq!(refusal(&mut after, &offer(1, 3)), Refusal::Shrunk { size: 8, offered: 3 });
}

#[test]
fn lines_without_their_checkpoint_are_kept() {
    let note = witness(3).standing().checkpoint;
    let recovered = recover(file(5).as_bytes(), 100, note.as_deref()).unwrap();
    let mut witness = recovered.witness;
    assert_eq!(witness.standing().size, 5);
    // The log has no answer, so it offers the rows again.
    assert_eq!(witness.offer(&offer(4, 5)).unwrap().commit(NOW).size, 5);
}

#[test]
fn a_file_that_is_not_the_copy_is_refused() {
    let note = witness(5).standing().checkpoint;
    let note = note.as_deref();
    let error = |file: &str, note: Option<&str>| recover(file.as_bytes(), 64, note).unwrap_err();
    assert_eq!(error(&file(4), note), RecoveryError::Short { rows: 4, cosigned: 5 });
    assert_eq!(error("", note), RecoveryError::Short { rows: 0, cosigned: 5 });
    let other = file(5).replacen("first", "fjrst", 1);
    assert_eq!(error(&other, note), RecoveryError::Differs { size: 5 });
    let moved = file(5).replacen(&(line(2, "first") + "\n"), "", 1);
    assert_eq!(error(&moved, note), RecoveryError::Order { seq: 2, says: 3 });
    let spelt = RecoveryError::Line { seq: 1, error: LineError::Spelling };
    assert_eq!(error(&file(5).replacen(",\"at\"", ", \"at\"", 1), note), spelt);
    let long = RecoveryError::Line { seq: 1, error: LineError::Length(MAX_LINE + 1) };
    assert_eq!(error(&("x".repeat(3 * MAX_LINE) + "\n"), None), long);
    assert_eq!(error(&file(5), Some(&offer(1, 5).checkpoint)), RecoveryError::NotCosigned);
    assert!(matches!(error(&file(5), Some("no note")), RecoveryError::Checkpoint(_)));
}

#[test]
fn a_long_torn_tail_is_dropped_too() {
    // What a file system may leave: room that was promised and never written.
    let torn = [file(2).into_bytes(), vec![0; 3 * MAX_LINE]].concat();
    let recovered = recover(&torn, 4096, None).unwrap();
    assert_eq!((recovered.keep, recovered.torn), (file(2).len() as u64, 3 * MAX_LINE as u64));
}

#[test]
fn the_wire_has_its_forms() {
    let offer = Offer { first_seq: 3, lines: vec!["{}".to_owned()], checkpoint: "note\n".to_owned() };
    let json = r#"{"first_seq":3,"lines":["{}"],"checkpoint":"note\n"}"#;
    assert_eq!(serde_json::to_string(&offer).unwrap(), json);
    assert_eq!(serde_json::from_str::<Offer>(json).unwrap(), offer);
    let standing = Standing { size: 0, root: Head::new().root(), checkpoint: None };
    let root = standing.root.to_string();
    let answers = [
        (Answer::Accepted { standing: standing.clone() }, r#"{"answer":"accepted","#),
        (
            Answer::Refused { refusal: Refusal::Behind { expected: 1 }, standing },
            r#"{"answer":"refused","refusal":{"refusal":"behind","expected":1},"#,
        ),
    ];
    for (answer, begins) in answers {
        let json = format!(r#"{begins}"standing":{{"size":0,"root":"{root}","checkpoint":null}}}}"#);
        assert_eq!(serde_json::to_string(&answer).unwrap(), json);
        assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
    }
    let refusals = [
        Refusal::Rewritten { seq: 1 },
        Refusal::Shrunk { size: 2, offered: 1 },
        Refusal::Forged { reason: "x".to_owned() },
        Refusal::Surplus { seq: 1 },
        Refusal::Malformed { seq: 1 },
        Refusal::TooLarge,
    ];
    for refusal in refusals {
        let json = serde_json::to_string(&refusal).unwrap();
        assert_eq!(serde_json::from_str::<Refusal>(&json).unwrap(), refusal, "{json}");
    }
}

proptest! {
    /// However the file was torn, the witness goes on from the whole lines and takes what is missing once more.
    #[test]
    fn a_torn_last_line_is_dropped(rows in 1..8_u64, at in any::<Index>(), pieces in 1..90_usize) {
        let whole = file(rows);
        let cut = &whole[..at.index(whole.len() + 1)];
        let recovered = recover(cut.as_bytes(), pieces, None).unwrap();
        let kept = cut.rfind('\n').map_or(0, |end| end + 1);
        prop_assert_eq!((recovered.keep, recovered.torn), (kept as u64, (cut.len() - kept) as u64));
        let mut witness = recovered.witness;
        let size = witness.standing().size;
        prop_assert_eq!(size, cut.lines().count() as u64 - u64::from(kept < cut.len()));
        let mut file = cut[..kept].to_owned();
        let offer = offer(1, rows);
        let accepted = witness.offer(&offer).unwrap();
        file.push_str(&accepted.to_append());
        prop_assert_eq!(file, whole);
    }

    #[test]
    fn any_bytes_are_recovered_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), pieces in 1..99_usize) {
        if let Ok(recovered) = recover(&bytes, pieces, None) {
            prop_assert_eq!(recovered.keep + recovered.torn, bytes.len() as u64);
        }
    }

    /// A witness never cosigns anything but the history it saw, whatever is offered in whatever order.
    #[test]
    fn a_witness_never_leaves_its_history(
        offers in proptest::collection::vec((1..12_u64, 0..6_u64, 0..12_u64, any::<bool>()), 1..20),
    ) {
        let histories = [lines(1, 20, "first"), lines(1, 20, "second")];
        let mut witness = witness(0);
        let mut copy: Vec<String> = Vec::new();
        for (first, count, size, second) in offers {
            let history = &histories[usize::from(second)];
            let taken = history[first as usize - 1..(first + count) as usize - 1].to_vec();
            let offer = Offer { first_seq: first, lines: taken, checkpoint: signed(&history[..size as usize]) };
            if let Ok(accepted) = witness.offer(&offer) {
                copy.extend(accepted.to_append().lines().map(str::to_owned));
                let standing = accepted.commit(NOW);
                prop_assert_eq!(standing.size, size);
                prop_assert_eq!(standing.checkpoint.as_deref().map(|note| note.contains("witness")), Some(true));
            }
            prop_assert!(histories.iter().any(|history| history.starts_with(&copy)));
            prop_assert_eq!(witness.standing().size, copy.len() as u64);
        }
    }
}
