//! Which proofs count, and that each counts once.

use std::net::{IpAddr, Ipv4Addr};

use beside_protocol::proof::solve;

use super::*;
use crate::address::Address;
use crate::testing::TestRandom;

const NOW: Duration = Duration::from_secs(50);
const KNOCK: Purpose = Purpose::Knock;

fn place(last: u8) -> Place {
    Address::from(IpAddr::from(Ipv4Addr::new(192, 0, 2, last))).place()
}

fn solved(challenge: Challenge) -> Proof {
    solve(&challenge, 0, 1 << 20).unwrap()
}

fn issued(work: &mut ProofOfWork, at: Duration, seed: u64) -> Proof {
    solved(work.issue(place(1), KNOCK, 4, at, &mut TestRandom::new(seed)))
}

#[test]
fn a_proof_counts_once() {
    let mut work = ProofOfWork::default();
    let proof = issued(&mut work, NOW, 1);
    assert_eq!(work.redeem(&proof, place(1), KNOCK, NOW), Ok(()));
    assert_eq!(work.redeem(&proof, place(1), KNOCK, NOW), Err(ProofError::Spent));
    let another = (0..).map(|counter| Proof { counter, ..proof }).find(|p| p.holds() && *p != proof).unwrap();
    assert_eq!(work.redeem(&another, place(1), KNOCK, NOW), Err(ProofError::Spent), "also with another solution");
}

#[test]
fn it_counts_where_and_for_what_it_was_asked_and_nowhere_else() {
    let mut work = ProofOfWork::default();
    let proof = issued(&mut work, NOW, 1);
    assert_eq!(work.redeem(&proof, place(2), KNOCK, NOW), Err(ProofError::Foreign));
    assert_eq!(work.redeem(&proof, place(1), Purpose::SignIn, NOW), Err(ProofError::Foreign));
    let mut other_run = ProofOfWork::default();
    assert_eq!(other_run.redeem(&proof, place(1), KNOCK, NOW), Err(ProofError::Foreign), "before its first challenge");
    issued(&mut other_run, NOW, 2);
    assert_eq!(other_run.redeem(&proof, place(1), KNOCK, NOW), Err(ProofError::Foreign));
    assert_eq!(work.redeem(&proof, place(1), KNOCK, NOW), Ok(()));
}

#[test]
fn it_can_be_made_neither_easier_nor_longer_lived() {
    let mut work = ProofOfWork::default();
    let challenge = work.issue(place(1), KNOCK, 12, NOW, &mut TestRandom::new(1));
    for altered in [
        Challenge { bits: 0, ..challenge },
        Challenge { expires_ms: challenge.expires_ms + 1, ..challenge },
        Challenge { nonce: [0; 16], ..challenge },
    ] {
        let proof = solved(altered);
        assert_eq!(work.redeem(&proof, place(1), KNOCK, NOW), Err(ProofError::Foreign), "{altered:?}");
    }
    let unsolved = (0..).map(|counter| Proof { challenge, counter }).find(|proof| !proof.holds()).unwrap();
    assert_eq!(work.redeem(&unsolved, place(1), KNOCK, NOW), Err(ProofError::Unsolved));
}

#[test]
fn it_lives_for_two_minutes() {
    let mut work = ProofOfWork::default();
    let (in_time, late) = (issued(&mut work, NOW, 1), issued(&mut work, NOW, 2));
    let end = NOW + Duration::from_secs(120);
    assert_eq!(work.redeem(&in_time, place(1), KNOCK, end - Duration::from_millis(1)), Ok(()));
    assert_eq!(work.redeem(&late, place(1), KNOCK, end), Err(ProofError::Expired));
    assert!(work.spent.is_empty(), "what has expired need not be remembered");
}

/// When the memory of the spent is full, the oldest challenges die rather than count again.
#[test]
fn a_full_memory_lets_nothing_count_twice() {
    let mut work = ProofOfWork::default();
    let mut rng = TestRandom::new(1);
    let mut first = None;
    for number in 0..=SPENT_PROOFS_MAX as u64 {
        let at = NOW + Duration::from_micros(number * 100);
        let challenge = work.issue(place(1), KNOCK, 0, at, &mut rng);
        let proof = Proof { challenge, counter: 0 };
        first.get_or_insert(proof);
        assert_eq!(work.redeem(&proof, place(1), KNOCK, at), Ok(()));
    }
    assert!(work.spent.len() <= SPENT_PROOFS_MAX);
    let soon = NOW + Duration::from_secs(11);
    assert_eq!(work.redeem(&first.unwrap(), place(1), KNOCK, soon), Err(ProofError::Expired));
    let fresh = issued(&mut work, soon, 9);
    assert_eq!(work.redeem(&fresh, place(1), KNOCK, soon), Ok(()));
}

#[test]
fn the_work_doubles_with_the_pressure_up_to_its_ceiling() {
    let difficulty = Difficulty::default();
    for (events, bits) in [(0, 18), (60, 18), (119, 18), (120, 19), (240, 20), (960, 22), (10_000, 22)] {
        assert_eq!(difficulty.bits(events, 60), bits, "{events}");
    }
    assert_eq!(difficulty.bits(u64::MAX, 0), 22);
}
