//! The states of codes.

use super::*;
use crate::testing::TestRandom;

const OWNER: SignInId = SignInId(1);
const START: Duration = Duration::ZERO;

fn issued() -> (Codes, AccessCode, TestRandom) {
    let (mut codes, mut rng) = (Codes::default(), TestRandom::new(1));
    let code = codes.issue(OWNER, START, &mut rng).unwrap();
    (codes, code, rng)
}

#[test]
fn a_held_code_is_not_had_twice() {
    let (mut codes, code, _) = issued();
    let held = codes.hold(&code, START).unwrap();
    assert!(codes.hold(&code, START).is_none());
    assert!(codes.owner(&code, START).is_none());
    assert_eq!(codes.release(held, START), Released::Issued);
    let held = codes.hold(&code, START).unwrap();
    codes.spend(held, START);
    assert!(codes.hold(&code, START).is_none());
}

#[test]
fn a_life_is_ten_minutes_and_expiry_does_not_touch_a_held_code() {
    let (mut codes, code, _) = issued();
    assert!(codes.owner(&code, Duration::from_secs(599)).is_some());
    assert!(codes.owner(&code, Duration::from_secs(600)).is_none());
    let held = codes.hold(&code, Duration::from_secs(599)).unwrap();
    codes.expire(Duration::from_secs(700));
    assert_eq!(codes.attempt(&held), 1);
    assert_eq!(codes.live(), 1);
    assert_eq!(codes.release(held, Duration::from_secs(700)), Released::Spent);
    assert_eq!(codes.live(), 0);
}

#[test]
fn the_third_handshake_spends_it() {
    let (mut codes, code, _) = issued();
    for (attempt, after) in [(1, Released::Issued), (2, Released::Issued), (3, Released::Spent)] {
        let held = codes.hold(&code, START).unwrap();
        assert_eq!(codes.attempt(&held), attempt);
        codes.handshake(&held);
        assert_eq!(codes.release(held, START), after);
    }
    assert!(codes.hold(&code, START).is_none());
}

#[test]
fn ten_knocks_spend_it() {
    let (mut codes, code, _) = issued();
    for knock in 1..=KNOCKS_PER_CODE {
        let held = codes.hold(&code, START).unwrap();
        let after = if knock < KNOCKS_PER_CODE { Released::Issued } else { Released::Spent };
        assert_eq!(codes.release(held, START), after);
    }
    assert!(codes.hold(&code, START).is_none());
}

#[test]
fn a_new_code_spends_issued_ones_only_and_a_new_sign_in_all() {
    let (mut codes, first, mut rng) = issued();
    let second = codes.issue(OWNER, START, &mut rng).unwrap();
    let foreign = codes.issue(SignInId(2), START, &mut rng).unwrap();
    let held = codes.hold(&first, START).unwrap();
    codes.spend_issued(OWNER, START);
    assert!(codes.owner(&second, START).is_none());
    assert_eq!(codes.count(OWNER), 1);
    codes.spend_all(OWNER, START);
    assert_eq!(codes.count(OWNER), 0);
    assert_eq!(codes.release(held, START), Released::Spent);
    assert!(codes.owner(&first, START).is_none());
    assert!(codes.owner(&foreign, START).is_some());
}

#[test]
fn the_older_issued_ones_can_be_ended_alone() {
    let (mut codes, first, mut rng) = issued();
    let second = codes.issue(OWNER, Duration::from_secs(1), &mut rng).unwrap();
    let third = codes.issue(OWNER, Duration::from_secs(2), &mut rng).unwrap();
    let foreign = codes.issue(SignInId(2), START, &mut rng).unwrap();
    let held = codes.hold(&first, START).unwrap();
    codes.spend_older(OWNER, START);
    assert!(codes.owner(&second, START).is_none());
    assert!(codes.owner(&third, START).is_some() && codes.owner(&foreign, START).is_some());
    assert_eq!(codes.release(held, START), Released::Issued);
    codes.spend_older(OWNER, START);
    assert!(codes.owner(&first, START).is_none() && codes.owner(&third, START).is_some());
}

/// A source that offers the same number twice, then another.
struct Scripted(Vec<u64>);

impl rand_core::TryRng for Scripted {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unreachable!("codes are drawn from 64 bits")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0.remove(0))
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        unreachable!("codes are drawn from 64 bits")
    }
}

impl rand_core::TryCryptoRng for Scripted {}

#[test]
fn a_dead_code_rests_for_a_day() {
    let mut codes = Codes::default();
    let code = codes.issue(OWNER, START, &mut Scripted(vec![7])).unwrap();
    codes.spend_all(OWNER, START);
    let other = codes.issue(OWNER, CODE_REST - Duration::from_secs(1), &mut Scripted(vec![7, 8])).unwrap();
    assert_ne!(code, other);
    codes.spend_all(OWNER, CODE_REST);
    let again = codes.issue(OWNER, CODE_REST, &mut Scripted(vec![7])).unwrap();
    assert_eq!(code, again);
}

#[test]
fn a_full_table_issues_no_code() {
    let mut codes = Codes::default();
    for number in 0..RESTING_CODES_MAX as u64 {
        codes.issue(OWNER, START, &mut Scripted(vec![number])).unwrap();
        let code = AccessCode::from_number(number);
        let held = codes.hold(&code, START).unwrap();
        codes.spend(held, START);
    }
    let mut rng = TestRandom::new(1);
    assert!(codes.issue(OWNER, START, &mut rng).is_none());
    assert!(codes.issue(OWNER, CODE_REST, &mut rng).is_some());
}
