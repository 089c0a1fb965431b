//! A hundred thousand guesses at codes from a thousand addresses, and customers who want to get in meanwhile.
//!
//! Whoever guesses does what pays best: knocks again and again on each socket as long as it stays open, and a few spend a
//! processor on proofs of work.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use beside_protocol::ids::SessionId;
use beside_protocol::proof::{Challenge, Proof, solve};
use rand_core::Rng as _;
use rustls::ClientConfig;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line};
use crate::peer::{Peer, m1, m2, place};

/// Guesses, and the addresses that they come from.
const GUESSES: usize = 100_000;
const PLACES: usize = 1_000;
/// Guessers at work at a time.
const AT_ONCE: usize = 64;
/// So many of them solve the proofs that they are asked for, each from one address all the time.
const SOLVERS: usize = 4;
/// Counters tried before it is looked up whether somebody else wants the processor.
const SLICE: u64 = 1 << 14;
/// Wrong codes that an hour bears without proofs, and that one place may type in ten minutes (the design's numbers, not the
/// program's constants: those are what is measured).
const WITHOUT_PROOF: u64 = 60;
const PER_PLACE: u64 = 5;
/// Customers who come meanwhile, and how long each is given.
const CUSTOMERS: usize = 5;
const PATIENCE: f64 = 5.0;

/// The broker's own count of knocks.
const KNOCKS: &str = "beside_broker_knocks_total";

/// How guesses were answered.
#[derive(Default)]
struct Tally {
    guesses: AtomicUsize,
    /// Looked up: the code was wrong.
    looked_up: AtomicU64,
    /// The code was right.
    hit: AtomicU64,
    /// Asked for a proof.
    prove: AtomicU64,
    /// Proofs that were sent.
    proven: AtomicU64,
    /// Refused without a look.
    refused: AtomicU64,
    /// The most that was looked up from one place.
    most_of_a_place: AtomicU64,
}

impl Tally {
    fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the right to one more guess.
    fn another(&self) -> bool {
        self.guesses.fetch_add(1, Ordering::Relaxed) < GUESSES
    }
}

/// What everybody knocks with.
#[derive(Clone)]
struct Door {
    to: SocketAddr,
    tls: Arc<ClientConfig>,
}

impl Door {
    async fn open(&self, from: Ipv4Addr) -> anyhow::Result<Peer> {
        Peer::open(self.to, from, &self.tls, None).await
    }
}

/// Measures the defence. `token` is of an operator without another socket.
pub(crate) async fn measure(broker: &Broker, token: &str) -> anyhow::Result<Vec<Figure>> {
    let door = Door { to: broker.addresses()?.listening, tls: Arc::clone(broker.tls()) };
    let mut operator = Peer::open(door.to, place(4, 0), broker.tls(), Some(token)).await?;
    let code = operator.code().await?;
    let client = broker.client(Ipv4Addr::LOCALHOST)?;
    let before = broker.counted(&client, KNOCKS, "code_refused").await?;
    let (tally, start) = (Arc::new(Tally::default()), clock::now());
    let mut guessers = JoinSet::new();
    for first in 0..AT_ONCE {
        guessers.spawn(guess_from_every(first, door.clone(), code.clone(), Arc::clone(&tally)));
    }
    let waits = customers(&door, operator, code, &tally).await?;
    let still = tally.guesses.load(Ordering::Relaxed) < GUESSES;
    while let Some(ended) = guessers.join_next().await {
        ended??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let counted = broker.counted(&client, KNOCKS, "code_refused").await? - before;
    Ok(figures(&tally, waits, counted, seconds, still))
}

fn figures(tally: &Tally, waits: Vec<f64>, counted: f64, seconds: f64, still: bool) -> Vec<Figure> {
    let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (looked_up, proven) = (of(&tally.looked_up), of(&tally.proven));
    let how = format!(
        "{GUESSES} guesses from {PLACES} addresses in {seconds:.0} s: {looked_up} looked up ({counted} as the broker \
         counts), {proven} proofs of work sent, {} asked for a proof, {} refused unseen, {} hits; {SOLVERS} \
         addresses solve their challenges. The line is {WITHOUT_PROOF} an hour, the one that begins the strain, and one \
         for each proof",
        of(&tally.prove),
        of(&tally.refused),
        of(&tally.hit)
    );
    // The guess that begins the strain was looked up, and as many as were under way.
    let budget = (WITHOUT_PROOF + 1 + proven) as f64;
    let worst = waits.iter().copied().fold(0.0, f64::max);
    vec![
        Figure::new("guesses_looked_up", "codes", [looked_up as f64], Some(Line::AtMost(budget)), how),
        Figure::new(
            "guesses_of_one_address",
            "codes",
            [of(&tally.most_of_a_place) as f64],
            Some(Line::AtMost(PER_PLACE as f64)),
            "the most that was looked up from one address",
        ),
        Figure::holds(
            "guesses_counted",
            (counted - looked_up as f64).abs() < 0.5,
            "the broker counts as many wrong codes as the guessers were told",
        ),
        Figure::new(
            "customer_gets_in_during_guessing",
            "s",
            [worst],
            Some(Line::AtMost(PATIENCE)),
            format!(
                "the slowest of {CUSTOMERS} customers with the right code, from connecting until the operator's app has \
                 accepted, the proof of work included; all of them: {waits:.2?} s"
            ),
        ),
        Figure::holds("guessing_went_on", still, "the last customer was in before the guesses were over"),
    ]
}

/// Guesses from one address after the other; whoever solves proofs, from one.
async fn guess_from_every(first: usize, door: Door, code: String, tally: Arc<Tally>) -> anyhow::Result<()> {
    let places = if first < SOLVERS { first..first + 1 } else { first..PLACES };
    let mut of_places = BTreeMap::new();
    loop {
        for number in places.clone().step_by(AT_ONCE - SOLVERS) {
            let of_place = of_places.entry(number).or_default();
            if !guess_on_a_socket(number, &door, &code, of_place, &tally).await? {
                return Ok(());
            }
        }
    }
}

/// Guesses on one socket until it closes. Says whether there are guesses left.
async fn guess_on_a_socket(
    number: usize,
    door: &Door,
    code: &str,
    of_place: &mut u64,
    tally: &Tally,
) -> anyhow::Result<bool> {
    let mut peer = door.open(place(5, number)).await?;
    let mut proof = None;
    loop {
        // The second knock with a proof is the same guess.
        if proof.is_none() && !tally.another() {
            return Ok(false);
        }
        peer.say(&knock(&guess(code), proof.take().as_ref())).await?;
        let answer = peer.hear().await?;
        match (answer["type"].as_str(), answer["error"].as_str()) {
            (Some("prove"), _) => {
                Tally::add(&tally.prove);
                if number < SOLVERS {
                    let challenge: Challenge = serde_json::from_value(answer["challenge"].clone())?;
                    proof = Some(work(challenge).await?);
                    Tally::add(&tally.proven);
                }
            }
            (Some("refused"), Some("code_refused")) => {
                Tally::add(&tally.looked_up);
                *of_place += 1;
                tally.most_of_a_place.fetch_max(*of_place, Ordering::Relaxed);
                return Ok(true);
            }
            (Some("refused"), Some(_)) => {
                Tally::add(&tally.refused);
                return Ok(true);
            }
            (Some("waiting"), _) => {
                Tally::add(&tally.hit);
                return Ok(true);
            }
            _ => bail!("a guess was answered {answer}"),
        }
    }
}

/// Customers, one after the other, and the operator who lets each in: how long each had to wait, in seconds.
async fn customers(door: &Door, mut operator: Peer, mut code: String, tally: &Tally) -> anyhow::Result<Vec<f64>> {
    let mut waits = Vec::new();
    for number in 0..CUSTOMERS {
        // Spread over the guesses, whatever time those take.
        while tally.guesses.load(Ordering::Relaxed) < GUESSES * (number + 1) / (CUSTOMERS + 1) {
            sleep(Duration::from_millis(10)).await;
        }
        let start = clock::now();
        let mut customer = door.open(place(6, number)).await?;
        customer.say(&knock(&code, None)).await?;
        let mut answer = customer.hear().await?;
        if answer["type"] == "prove" {
            let challenge = serde_json::from_value(answer["challenge"].clone())?;
            customer.say(&knock(&code, Some(&work(challenge).await?))).await?;
            answer = customer.hear().await?;
        }
        if answer["type"] != "waiting" {
            bail!("a customer with the right code was answered {answer}");
        }
        let knocked = operator.hear_of("knock").await?;
        operator.say(&json!({ "type": "accept", "sid": knocked["sid"], "m2": m2() })).await?;
        customer.hear_of("accepted").await?;
        waits.push(start.elapsed().as_secs_f64());
        code = operator.code().await.context("a further code")?;
    }
    Ok(waits)
}

fn knock(code: &str, proof: Option<&Proof>) -> Value {
    let mut sid = [0; 16];
    beside_broker::clock::random().fill_bytes(&mut sid);
    let mut knock = json!({ "type": "knock", "code": code, "m1": m1(SessionId(sid)) });
    if let Some(proof) = proof {
        knock["proof"] = json!(proof);
    }
    knock
}

/// A code that is not the one that customers type: what is measured are wrong ones.
fn guess(right: &str) -> String {
    loop {
        let number = beside_broker::clock::random().next_u64() % 1_000_000;
        let code = format!("{number:06}");
        if code != right {
            return code;
        }
    }
}

/// Solves a challenge, off the threads that the sockets need.
async fn work(challenge: Challenge) -> anyhow::Result<Proof> {
    let solved = tokio::task::spawn_blocking(move || {
        (0..).step_by(SLICE as usize).find_map(|start| solve(&challenge, start, SLICE))
    });
    solved.await?.context("the challenge has no solution")
}
