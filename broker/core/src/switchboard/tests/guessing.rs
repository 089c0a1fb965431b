//! Codes under attack from many places.

use rand_core::Rng as _;

use super::*;
use crate::limits::CHALLENGES_PER_SOCKET;
use crate::observation::Observation;
use crate::proof_of_work::Difficulty;

/// What the model solves is this much easier than what the broker asks for by default.
const EASIER: u8 = 18;
const EASY: Difficulty = Difficulty { least: 0, most: 4 };

/// Puts the codes under strain, from places that nothing else uses.
fn strained() -> House {
    let mut house = House::new();
    house.board.difficulty = EASY;
    house.storm(900_000);
    house
}

fn observed(house: &House) -> Vec<Observation> {
    let seen =
        |effect: &Effect| if let Effect::Observed(observation) = effect { Some(observation.clone()) } else { None };
    house.done.iter().filter_map(seen).collect()
}

#[test]
fn beyond_the_budget_every_knock_is_proven_and_the_alert_goes_out_once() {
    let mut house = strained();
    assert_eq!(observed(&house), [Observation::CodeGuessing { wrong_in_hour: 61 }]);
    let (_, _, code) = house.operator("kim");
    let none = house.wrong_code();
    for code in [&code, &none] {
        let knocked = house.knock_from(from(1), code, sid(1), false);
        assert_eq!(knocked.answer, Answer::Prove, "right and wrong codes look alike");
    }
    assert_eq!(house.knock_from(from(1), &none, sid(1), true).answer, Answer::Refused(ErrorCode::CodeRefused));
    let knocked = house.knock_from(from(1), &code, sid(1), true);
    assert_eq!((knocked.answer, knocked.challenge.is_some()), (Answer::Waiting, true));
    assert_eq!(observed(&house).len(), 1);
    house.pass(3_601);
    let (_, _, code) = house.operator("lee");
    let knocked = house.knock_from(from(2), &code, sid(2), false);
    assert_eq!(knocked.answer, Answer::Waiting, "an hour later all is well");
}

#[test]
fn a_proof_lets_one_guess_in_from_one_place() {
    let mut house = strained();
    let (_, _, code) = house.operator("kim");
    let none = house.wrong_code();
    let (first, second) = (house.socket(), house.socket());
    house.board.customer_opened(first, from(1), house.now).unwrap();
    house.board.customer_opened(second, from(2), house.now).unwrap();
    let Some(ToCustomer::Prove { challenge }) = house.knock_with(first, &none, sid(1), None) else { panic!() };
    let proof = solve(&challenge, 0, 1 << 20);
    assert!(matches!(house.knock_with(second, &code, sid(1), proof), Some(ToCustomer::Prove { .. })), "another place");
    assert!(matches!(house.knock_with(first, &none, sid(1), proof), Some(ToCustomer::Refused { .. })));
    let again = house.socket();
    house.board.customer_opened(again, from(1), house.now).unwrap();
    assert!(matches!(house.knock_with(again, &code, sid(1), proof), Some(ToCustomer::Prove { .. })), "another guess");
}

#[test]
fn a_socket_is_not_given_challenges_for_ever() {
    let mut house = strained();
    let (_, _, code) = house.operator("kim");
    let customer = house.customer();
    for _ in 0..CHALLENGES_PER_SOCKET {
        assert!(matches!(house.knock_with(customer, &code, sid(1), None), Some(ToCustomer::Prove { .. })));
    }
    house.done.clear();
    house.knock(customer, &code, sid(1));
    assert_eq!(house.told(customer), ["refused proof_needed", "close "]);
}

/// A code that was given back while another is shown is good in peace, and not under strain. A held one always stays.
#[test]
fn under_strain_an_operator_has_one_code_that_can_be_typed() {
    for strain in [false, true] {
        let mut house = if strain { strained() } else { House::new() };
        let (_, operator, first) = house.operator("kim");
        house.pass(1);
        house.knock_from(from(1), &first, sid(1), true);
        let second = house.code(operator).unwrap();
        assert_ne!(first, second, "a held code doesn't count");
        house.operator_said(operator, FromOperator::Decline { sid: sid(1) });
        house.pass(1);
        let given_back = house.knock_from(from(2), &first, sid(2), true).answer;
        let expected = if strain { Answer::Refused(ErrorCode::CodeRefused) } else { Answer::Waiting };
        assert_eq!(given_back, expected, "strain: {strain}");
        assert_eq!(house.knock_from(from(3), &second, sid(3), true).answer, Answer::Waiting);
        house.pass(1);
        let held = house.board.sessions.values().filter(|session| matches!(session.stage, Stage::Knocking(_))).count();
        assert_eq!(held, if strain { 1 } else { 2 });
        assert!(house.code(operator).is_some(), "and while it is held there is another");
    }
}

const PLACES: u32 = 1_000;
const GUESSES: u32 = 100_000;
const OPERATORS: usize = 100;
/// Virtual time between two guesses: all of them take ten minutes.
const BETWEEN: Duration = Duration::from_millis(6);
/// Hashes that a customer's machine does in a second: one without SHA instructions. Those with them do five times as many.
const HASHES_PER_SECOND: u64 = 2_000_000;
const ROUND_TRIP: Duration = Duration::from_millis(200);

/// What came of a storm of guesses.
#[derive(Debug, Default)]
struct Outcome {
    /// Guesses of each place that were compared with the codes.
    looked_at: BTreeMap<u32, usize>,
    hits: usize,
    /// Hashes that the attackers computed, on average, at the difficulty that the broker asks for by default.
    work: u64,
    alerts: usize,
    customers: usize,
}

/// Guesses from many places, while customers come with the code of some operator.
struct Storm {
    house: House,
    codes: BTreeMap<SocketId, AccessCode>,
    outcome: Outcome,
}

fn default_work(challenge: Option<Challenge>) -> u64 {
    challenge.map_or(0, |challenge| 1 << (challenge.bits + EASIER))
}

impl Storm {
    fn new() -> Self {
        let mut house = House::new();
        house.board.difficulty = EASY;
        for number in 0..OPERATORS {
            house.operator(&format!("operator{number}"));
        }
        let mut storm = Self { house, codes: BTreeMap::new(), outcome: Outcome::default() };
        storm.look();
        storm
    }

    fn look(&mut self) {
        for effect in self.house.done.drain(..) {
            match effect {
                Effect::ToOperator(operator, ToOperator::Code { code, .. }) => drop(self.codes.insert(operator, code)),
                Effect::ToOperator(operator, ToOperator::CodeGone) => drop(self.codes.remove(&operator)),
                Effect::Observed(_) => self.outcome.alerts += 1,
                _ => {}
            }
        }
    }

    fn guess(&mut self, number: u32, solves: bool) {
        let code = AccessCode::from_number(self.house.rng.next_u64());
        let place = number % PLACES;
        let knocked = self.house.knock_from(from(place), &code, wide_sid(number.into()), solves);
        match knocked.answer {
            Answer::Waiting => self.outcome.hits += 1,
            Answer::Refused(ErrorCode::CodeRefused) => *self.outcome.looked_at.entry(place).or_default() += 1,
            Answer::Refused(ErrorCode::TooManyTries) | Answer::Prove => {}
            Answer::Refused(other) => panic!("{other}"),
        }
        if solves {
            self.outcome.work += default_work(knocked.challenge);
        }
        self.house.close(knocked.socket);
    }

    /// A customer who has been told a code gets in.
    fn customer(&mut self, number: u32) {
        self.house.tick();
        self.look();
        let operators: Vec<_> = self.codes.iter().collect();
        let (operator, code) = operators[number as usize % operators.len()];
        let (operator, code, sid) = (*operator, code.clone(), wide_sid(u64::from(number) << 32));
        let knocked = self.house.knock_from(from(800_000 + number), &code, sid, true);
        assert_eq!(knocked.answer, Answer::Waiting, "customer {number}");
        let told =
            |effect: &Effect| matches!(effect, Effect::ToOperator(to, ToOperator::Knock { .. }) if *to == operator);
        assert!(self.house.done.iter().any(told));
        let hashing = Duration::from_secs_f64(default_work(knocked.challenge) as f64 / HASHES_PER_SECOND as f64);
        assert!(ROUND_TRIP * 2 + hashing < Duration::from_secs(5), "{hashing:?}");
        self.house.close(knocked.socket);
        self.outcome.customers += 1;
    }

    fn rage(mut self, solves: bool) -> Outcome {
        for number in 0..GUESSES {
            self.house.now.monotonic += BETWEEN;
            self.house.now.unix_ms += 6;
            self.guess(number, solves);
            if number % 100 == 0 {
                self.house.tick();
            }
            self.look();
            if number % 5_000 == 4_999 {
                self.customer(number / 5_000);
                self.look();
            }
        }
        self.outcome
    }
}

#[test]
fn guessers_who_do_not_solve_get_nowhere() {
    let outcome = Storm::new().rage(false);
    assert_eq!(outcome.looked_at.values().sum::<usize>(), 61, "{outcome:?}");
    assert_eq!((outcome.hits, outcome.alerts, outcome.customers), (0, 1, 20));
}

/// The budget of each place holds, so 10^5 guesses are 5,000; with 100 codes alive half a hit is to be expected, and a hit
/// does no more than knock.
#[test]
fn guessers_who_solve_pay_for_every_guess_and_stay_within_their_places_budgets() {
    let outcome = Storm::new().rage(true);
    assert_eq!(outcome.looked_at.len(), PLACES as usize);
    assert!(outcome.looked_at.values().all(|guesses| *guesses <= 5), "{outcome:?}");
    assert!(outcome.hits <= 4, "{outcome:?}");
    let looked_at = outcome.looked_at.values().sum::<usize>() as u64;
    assert!(outcome.work > (looked_at - 1_000) << 22, "{outcome:?}");
    assert_eq!((outcome.alerts, outcome.customers), (1, 20));
}
