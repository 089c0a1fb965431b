//! Known and unknown users are indistinguishable, in what is answered and in how long it takes.
//!
//! The statistic: [`ROUNDS`] times, one sign-in of each kind of name is timed, all from places of their own (so that no
//! delay of one falls on another) and in an order drawn anew. Each kind's times are compared with the unknown name's of
//! the same round by Wilcoxon's signed-rank test: the sum of the ranks of the positive differences, as a number of
//! standard deviations from what it is expected to be when neither is slower. Load on the machine falls on all kinds of a
//! round alike, and a burst weighs no more than its rank. Within [`SIGMAS`] standard deviations they count as alike: an
//! honest broker exceeds that in one of 50,000 runs. A broker that skips the hash for unknown names is 5.5 away, as far as
//! [`ROUNDS`] can be.

use std::collections::BTreeMap;
use std::time::Duration;

use beside_broker::clock::Clock;
use reqwest::Method;
use serde_json::json;

use crate::account_links::invite;
use crate::harness::Broker;
use crate::random::Random;

const ROUNDS: usize = 40;
const SIGMAS: f64 = 4.5;
/// Names of each kind.
const NAMES: usize = 3;

/// How long one refused sign-in took, and everything that was answered.
async fn refused(broker: &Broker, place: [u8; 4], name: &str) -> (Duration, String) {
    let client = broker.client_at(place);
    // The connection is made before the clock starts.
    let warm = broker.build_with(&client, broker.public(), Method::GET, "health", None, None);
    assert_eq!(broker.answer(warm).await.0, 200);
    let body = json!({ "name": name, "password": "Violet harbour 7 sings" });
    let request = broker.build_with(&client, broker.public(), Method::POST, "sign-in", None, Some(body));
    let clock = Clock::start();
    let answer = broker.send(request).await;
    let status = answer.status();
    // Their order is drawn anew for each answer.
    let mut headers: BTreeMap<_, _> =
        answer.headers().iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    headers.remove("date");
    let text = answer.text().await.unwrap();
    let took = clock.now().monotonic;
    (took, format!("{status} {headers:?} {text}"))
}

/// Wilcoxon's signed-rank statistic, standardised.
fn standard_deviations(differences: &[f64]) -> f64 {
    let mut by_size: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    by_size.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let positive: f64 =
        by_size.iter().zip(1u32..).filter(|(difference, _)| **difference > 0.0).map(|(_, rank)| f64::from(rank)).sum();
    let n = by_size.len() as f64;
    (positive - n * (n + 1.0) / 4.0) / (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt()
}

#[test]
fn the_statistic_tells_a_shift_from_noise() {
    let mut random = Random::new(7);
    let mut noise = || (random.below(2_000_001) as f64 - 1_000_000.0) / 1e6;
    let even: Vec<f64> = (0..ROUNDS).map(|_| noise()).collect();
    assert!(standard_deviations(&even).abs() < SIGMAS);
    let shifted: Vec<f64> = (0..ROUNDS).map(|_| noise() + 1.1).collect();
    assert!(standard_deviations(&shifted) > SIGMAS);
    assert_eq!(standard_deviations(&[1.0, -2.0, 3.0, 0.0]), (4.0 - 3.0) / 3.5f64.sqrt());
}

#[actix_web::test]
async fn known_and_unknown_users_take_equally_long() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let kinds = ["Nobody", "Active", "Enders", "Newest"];
    // Several of each, since a name that fails too often is locked.
    let name = |kind: usize, round: usize| format!("{} {}", kinds[kind], round % NAMES);
    for number in 0..NAMES {
        broker.add_operator(&name(1, number));
        let ended = broker.add_operator(&name(2, number));
        let path = format!("accounts/{}/end", ended.id);
        assert_eq!(broker.administer(Method::POST, &path, &administrator, None).await.0, 204);
        invite(&broker, &administrator, &name(3, number), "operator").await;
    }
    let mut random = Random::new(0x7131);
    let mut times = vec![[0.0; 4]; ROUNDS];
    let mut place = 0u16;
    let mut said = None;
    for (number, round) in times.iter_mut().enumerate() {
        let mut order = [0, 1, 2, 3];
        random.shuffle(&mut order);
        for kind in order {
            place += 1;
            let [high, low] = place.to_be_bytes();
            let (took, answer) = refused(&broker, [127, 1, high, low], &name(kind, number)).await;
            round[kind] = took.as_secs_f64() * 1e3;
            assert_eq!(said.get_or_insert_with(|| answer.clone()), &answer, "{}", kinds[kind]);
        }
    }
    for kind in 1..kinds.len() {
        let differences: Vec<f64> = times.iter().map(|round| round[kind] - round[0]).collect();
        let sigmas = standard_deviations(&differences);
        let median = |kind: usize| {
            let mut column: Vec<f64> = times.iter().map(|round| round[kind]).collect();
            column.sort_by(f64::total_cmp);
            column[ROUNDS / 2]
        };
        println!("{}: {:.1} ms, unknown {:.1} ms, {sigmas:+.2} sigma", kinds[kind], median(kind), median(0));
        assert!(sigmas.abs() < SIGMAS, "{} can be told by its time: {sigmas:+.2} sigma", kinds[kind]);
    }
}
