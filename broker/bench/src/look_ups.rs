//! Codes that are typed: right ones, and as many wrong ones as an hour bears before each needs a proof of work.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use beside_protocol::ids::SessionId;
use rand_core::Rng as _;
use rustls::ClientConfig;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line, percentile};
use crate::operators::Operators;
use crate::peer::{Peer, m1, place};

const RUNS: usize = 3;
/// Knocks of a run, a second, and how many of a run are wrong: sixty an hour are looked at without a proof of work.
const KNOCKS: usize = 3_000;
const RATE: usize = 600;
const WRONG: usize = 18;
/// After so long the codes of customers who hung up can be typed again.
const RELEASE: Duration = Duration::from_secs(12);
/// A customer's app connects so long before the person has typed the code.
const TYPING: Duration = Duration::from_millis(1_500);

#[derive(Clone)]
struct Call {
    to: SocketAddr,
    tls: Arc<ClientConfig>,
    number: usize,
    code: String,
    right: bool,
    at: Instant,
}

impl Call {
    /// Knocks at its time. Milliseconds to the answer, and when that came.
    async fn knock(self) -> anyhow::Result<(f64, Instant, Peer)> {
        sleep_until((self.at - TYPING).into()).await;
        let mut peer = Peer::open(self.to, place(2, self.number), &self.tls, None).await?;
        sleep_until(self.at.into()).await;
        let mut sid = [0; 16];
        beside_broker::clock::random().fill_bytes(&mut sid);
        let knock = json!({ "type": "knock", "code": self.code, "m1": m1(SessionId(sid)) });
        let start = clock::now();
        peer.say(&knock).await?;
        let answer = peer.hear().await?;
        // A wrong one may be a right one by now: who was knocked at has another code.
        let expected = answer["type"] == "waiting" || (!self.right && answer["error"] == "code_refused");
        if !expected {
            bail!("a code that is {} was answered {answer}", if self.right { "right" } else { "wrong" });
        }
        Ok((clock::milliseconds_since(start), clock::now(), peer))
    }
}

/// Knocks in each run at the code of every operator once.
pub(crate) async fn measure(broker: &Broker, operators: &mut Operators) -> anyhow::Result<Vec<Figure>> {
    // As many as the knocks of a run: more would leave no descriptors for the customers.
    operators.stay(broker, KNOCKS).await?;
    let (mut rates, mut p50, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        if run > 0 {
            sleep(RELEASE).await;
        }
        let start = clock::now() + TYPING;
        let mut calls = JoinSet::new();
        for place in 0..KNOCKS {
            let number = run * KNOCKS + place;
            let right = place % (KNOCKS / WRONG) != 1;
            let code = if right { operators.codes[place].clone() } else { wrong_code(&operators.codes, number) };
            let at = start + Duration::from_micros(1_000_000) * u32::try_from(place)? / u32::try_from(RATE)?;
            let (to, tls) = (broker.addresses()?.listening, Arc::clone(broker.tls()));
            calls.spawn(Call { to, tls, number, code, right, at }.knock());
        }
        let (mut took, mut last, mut open) = (Vec::new(), start, Vec::new());
        while let Some(call) = calls.join_next().await {
            let (milliseconds, at, peer) = call??;
            took.push(milliseconds);
            last = last.max(at);
            open.push(peer);
        }
        rates.push(took.len() as f64 / (last - start).as_secs_f64());
        p50.push(percentile(&mut took, 50));
        p99.push(percentile(&mut took, 99));
    }
    let how = format!(
        "{KNOCKS} customers a run, each from an address of its own, connect over TLS {} ms ahead and knock, {RATE} a \
         second whatever is answered; {WRONG} codes a run are wrong, the rest are right, so the knock is logged and the \
         operator told. {} managers are connected meanwhile",
        TYPING.as_millis(),
        operators.codes.len()
    );
    Ok(vec![
        Figure::new("code_look_ups", "a second", rates, Some(Line::AtLeast(500.0)), how),
        Figure::new("code_look_up_p50", "ms", p50, None, "from the knock to its answer, on an open socket"),
        Figure::new("code_look_up_p99", "ms", p99, Some(Line::AtMost(50.0)), "likewise"),
    ])
}

/// A code that nobody has.
fn wrong_code(codes: &[String], from: usize) -> String {
    let mut numbers = (0..1_000_000_u32).map(|number| format!("{:06}", (number + from as u32 * 97) % 1_000_000));
    numbers.find(|code| !codes.contains(code)).unwrap_or_default()
}
