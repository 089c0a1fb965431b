//! Those who try many, and those who only want to sign in.

use std::net::{IpAddr, Ipv4Addr};

use beside_protocol::proof::solve;

use super::*;
use crate::address::Address;
use crate::testing::TestRandom;

const fn seconds(value: u64) -> Duration {
    Duration::from_secs(value)
}

fn trier(name: &str, place: u32) -> Trier {
    Trier::new(name, Address::from(IpAddr::from(Ipv4Addr::from(0x0a00_0000 + place))))
}

fn kim() -> OperatorId {
    "kim".parse().unwrap()
}

/// A defence, its clock, and what was observed.
struct House {
    defence: SignInDefence,
    now: Duration,
    rng: TestRandom,
    seen: Vec<Observation>,
}

impl House {
    fn new() -> Self {
        let defence = SignInDefence { difficulty: Difficulty { least: 2, most: 4 }, ..SignInDefence::default() };
        Self { defence, now: seconds(10_000), rng: TestRandom::new(1), seen: Vec::new() }
    }

    fn begin(&mut self, trier: Trier, proof: Option<Proof>) -> Result<(), Turned> {
        self.defence.begin(trier, proof.as_ref(), self.now, &mut self.rng)
    }

    /// Begins, with a proof if one is asked for.
    fn begin_proving(&mut self, trier: Trier) -> Result<(), Turned> {
        match self.begin(trier, None) {
            Err(Turned::Prove(challenge)) => self.begin(trier, solve(&challenge, 0, 1 << 16)),
            other => other,
        }
    }

    fn fails(&mut self, trier: Trier) -> Result<(), Turned> {
        self.begin_proving(trier)?;
        let account = (trier.name == NameHash::of("kim")).then(kim);
        self.defence.failed(trier, account.as_ref(), self.now, &mut self.seen);
        Ok(())
    }

    fn succeeds(&mut self, trier: Trier) -> Result<(), Turned> {
        self.begin_proving(trier)?;
        self.defence.succeeded(trier, self.now);
        Ok(())
    }

    /// What was observed but for single failures.
    fn consequences(&self) -> Vec<&Observation> {
        self.seen.iter().filter(|seen| !matches!(seen, Observation::SignInFailed { .. })).collect()
    }
}

#[test]
fn the_sixth_try_in_a_row_waits_and_needs_a_proof() {
    let mut house = House::new();
    let at = trier("kim", 1);
    for wait in [0, 0, 0, 1, 2] {
        house.now += seconds(wait);
        assert_eq!(house.begin(at, None), Ok(()));
        house.defence.failed(at, None, house.now, &mut house.seen);
    }
    assert_eq!(house.begin(at, None), Err(Turned::Wait(seconds(4))), "waiting comes before computing");
    house.now += seconds(4);
    let Err(Turned::Prove(challenge)) = house.begin(at, None) else { panic!() };
    let proof = solve(&challenge, 0, 1 << 16);
    assert_eq!(house.begin(trier("lee", 2), proof), Ok(()), "who needs none may bring one");
    assert_eq!(house.begin(at, proof), Ok(()));
    house.defence.failed(at, None, house.now, &mut house.seen);
    house.now += seconds(8);
    assert!(matches!(house.begin(at, proof), Err(Turned::Prove(_))), "it has counted");
    assert_eq!(house.succeeds(at), Ok(()));
    assert_eq!(house.begin(at, None), Ok(()), "all is forgotten");
}

#[test]
fn twenty_failures_in_an_hour_lock_a_name_for_half_an_hour() {
    let mut house = House::new();
    for place in 0..19 {
        assert_eq!(house.fails(trier("kim", place)), Ok(()));
        house.now += seconds(60);
    }
    assert_eq!(house.begin(trier("kim", 100), None), Ok(()), "just below");
    house.defence.succeeded(trier("kim", 100), house.now);
    assert_eq!((house.fails(trier("kim", 19)), house.consequences().len()), (Ok(()), 1));
    assert_eq!(house.consequences(), [&Observation::NameLocked { account: Some(kim()) }]);
    for place in [0, 19, 20] {
        assert_eq!(house.fails(trier("kim", place)), Err(Turned::Wait(seconds(1_800))), "{place}");
    }
    assert_eq!(house.begin(trier("lee", 20), None), Ok(()), "nobody else is locked");
    house.now += seconds(1_799);
    assert_eq!(house.fails(trier("kim", 20)), Err(Turned::Wait(seconds(1))));
    house.now += seconds(1);
    for place in 20..39 {
        assert_eq!(house.fails(trier("kim", place)), Ok(()), "it begins afresh");
    }
    assert_eq!(house.consequences().len(), 1);
    assert_eq!(house.fails(trier("kim", 39)), Ok(()));
    assert_eq!(house.consequences().len(), 2, "once for each lock");
}

#[test]
fn failures_that_are_an_hour_old_lock_nothing() {
    let mut house = House::new();
    for place in 0..40 {
        assert_eq!(house.fails(trier("kim", place)), Ok(()));
        house.now += seconds(190);
    }
    assert!(house.consequences().is_empty());
}

/// Whether an account has the name shows in no answer and at no moment.
#[test]
fn a_name_that_nobody_has_is_treated_the_same() {
    let answers = |name: &str| {
        let mut house = House::new();
        let mut answers = Vec::new();
        for step in 0..200 {
            house.now += seconds(step % 7 * 20);
            let answer = house.fails(trier(name, step as u32 % 30));
            answers.push(answer.map_err(|turned| match turned {
                Turned::Prove(challenge) => (Turned::Prove(challenge).code(), u64::from(challenge.bits)),
                Turned::Wait(wait) | Turned::Blocked(wait) => (turned.code(), wait.as_secs()),
            }));
        }
        answers
    };
    let known = answers("kim");
    assert!(known.iter().any(Result::is_err));
    assert_eq!(known, answers("nobody"));
}

#[test]
fn an_administrator_unlocks() {
    let mut house = House::new();
    for place in [0, 0].into_iter().chain(0..18) {
        house.fails(trier("kim", place)).unwrap();
    }
    assert_eq!(house.defence.locked(NameHash::of("kim"), house.now), Some(seconds(1_800)));
    assert!(house.defence.unlock(NameHash::of("kim")));
    assert!(!house.defence.unlock(NameHash::of("kim")));
    assert_eq!(house.defence.locked(NameHash::of("kim"), house.now), None);
    assert_eq!(house.succeeds(trier("kim", 0)), Ok(()), "without the wait after three failures");
}

#[test]
fn strangers_lock_nobody_out_of_a_known_place() {
    let mut house = House::new();
    house.succeeds(trier("kim", 1)).unwrap();
    house.defence.was_signed_in(trier("kim", 2), KNOWN_FOR - seconds(60), house.now);
    house.defence.was_signed_in(trier("kim", 3), KNOWN_FOR + seconds(1), house.now);
    for place in 100..120 {
        house.fails(trier("kim", place)).unwrap();
    }
    assert_eq!(house.begin(trier("kim", 3), None), Err(Turned::Wait(seconds(1_800))), "too long ago");
    assert_eq!(house.succeeds(trier("kim", 1)), Ok(()));
    assert_eq!(house.succeeds(trier("kim", 2)), Ok(()), "restored from the log");
    assert!(matches!(house.begin(trier("lee", 1), None), Ok(())), "and known means that name");
    for _ in 0..3 {
        assert_eq!(house.fails(trier("kim", 1)), Ok(()));
    }
    assert_eq!(house.fails(trier("kim", 1)), Err(Turned::Wait(seconds(1))), "the growing wait holds there too");
    house.now += KNOWN_FOR;
    for place in 100..120 {
        house.fails(trier("kim", place)).unwrap();
    }
    assert!(house.begin(trier("kim", 1), None).is_err(), "thirty days later it is not known any more");
}

#[test]
fn fifty_failures_in_ten_minutes_block_a_place_for_an_hour() {
    let mut house = House::new();
    for number in 0..49 {
        assert_eq!(house.fails(trier(&number.to_string(), 1)), Ok(()));
        house.now += seconds(10);
    }
    assert_eq!(house.succeeds(trier("kim", 1)), Ok(()), "just below");
    assert_eq!(house.fails(trier("lee", 1)), Ok(()));
    assert_eq!(house.consequences(), [&Observation::PlaceBlocked { place: trier("lee", 1).place }]);
    assert_eq!(house.begin(trier("kim", 1), None), Err(Turned::Blocked(seconds(3_600))), "also for the known");
    assert_eq!(house.begin(trier("kim", 2), None), Ok(()), "nowhere else");
    house.now += seconds(3_599);
    assert_eq!(house.begin(trier("kim", 1), None), Err(Turned::Blocked(seconds(1))));
    house.now += seconds(1);
    assert_eq!(house.begin(trier("kim", 1), None), Ok(()));
}

#[test]
fn a_slow_or_successful_place_is_not_blocked() {
    let mut house = House::new();
    for number in 0..200 {
        assert_eq!(house.fails(trier(&number.to_string(), 1)), Ok(()));
        assert_eq!(house.succeeds(trier(&format!("good {number}"), 2)), Ok(()));
        house.now += seconds(13);
    }
    // A whole office in the morning, all at once.
    for number in 0..200 {
        assert_eq!(house.begin(trier(&number.to_string(), 3), None), Ok(()));
    }
    assert!(house.consequences().is_empty());
}

#[test]
fn a_place_is_unblocked_by_an_administrator() {
    let mut house = House::new();
    for number in 0..50 {
        house.fails(trier(&number.to_string(), 1)).unwrap();
    }
    let place = trier("kim", 1).place;
    assert_eq!(house.defence.blocked(place, house.now), Some(seconds(3_600)));
    assert!(house.defence.unblock(place));
    assert!(!house.defence.unblock(place));
    assert_eq!(house.begin(trier("kim", 1), None), Ok(()));
}

#[test]
fn tries_side_by_side_gain_nothing() {
    let mut house = House::new();
    for place in 0..20 {
        assert_eq!(house.begin(trier("kim", place), None), Ok(()));
    }
    assert!(matches!(house.begin(trier("kim", 20), None), Err(Turned::Wait(_))), "twenty are under way");
    house.defence.succeeded(trier("kim", 0), house.now);
    assert_eq!(house.begin(trier("kim", 20), None), Ok(()), "one of them was none");
    for place in 1..=20 {
        house.defence.failed(trier("kim", place), Some(&kim()), house.now, &mut house.seen);
    }
    assert_eq!(house.consequences().len(), 1);
}

#[test]
fn a_try_that_could_not_be_looked_at_was_none() {
    let mut house = House::new();
    for _ in 0..100 {
        assert_eq!(house.begin(trier("kim", 1), None), Ok(()));
        house.defence.withdrawn(trier("kim", 1));
    }
    assert_eq!(house.begin(trier("kim", 2), None), Ok(()));
    assert!(house.seen.is_empty());
}

#[test]
fn the_tables_are_bounded() {
    let mut house = House::new();
    for number in 0..=NAMES_MAX as u32 {
        house.now += Duration::from_millis(1);
        let trier = trier(&number.to_string(), number);
        house.fails(trier).unwrap();
        house.defence.succeeded(trier, house.now);
    }
    let SignInDefence { names, places, known, .. } = &house.defence;
    assert_eq!((names.len(), places.len(), known.len()), (NAMES_MAX, PLACES_MAX, KNOWN_MAX));
}
