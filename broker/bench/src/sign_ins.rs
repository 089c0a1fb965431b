//! Sign-ins with the full cost of Argon2id.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::ensure;
use serde_json::json;
use tokio::task::JoinSet;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line, percentile};
use crate::operators::{PASSWORD, name};
use crate::peer::place;

const RUNS: usize = 3;
const RUN: Duration = Duration::from_secs(6);
/// Tries under way at a time, each over a connection of its own.
const AT_ONCE: usize = 6;
/// Accounts that take turns.
pub(crate) const ACCOUNTS: u64 = 200;

/// Signs in as fast as the broker lets, with the accounts after those of the managers who are connected.
pub(crate) async fn measure(broker: &Broker, connected: u64) -> anyhow::Result<Vec<Figure>> {
    let to = broker.addresses()?.listening;
    let next = Arc::new(AtomicU64::new(0));
    let (mut rates, mut p95) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = clock::now();
        let mut people = JoinSet::new();
        for number in 0..AT_ONCE {
            let (client, next) = (broker.client(place(3, number))?, Arc::clone(&next));
            people.spawn(async move {
                let mut took = Vec::new();
                while start.elapsed() < RUN {
                    let number = connected + next.fetch_add(1, Ordering::Relaxed) % ACCOUNTS;
                    let body = json!({ "name": name(number), "password": PASSWORD });
                    let began = clock::now();
                    let answer = client.post(format!("https://{to}/api/v1/sign-in")).json(&body).send().await?;
                    ensure!(answer.status().is_success(), "a sign-in was refused: {}", answer.text().await?);
                    answer.bytes().await?;
                    took.push(clock::milliseconds_since(began));
                }
                anyhow::Ok(took)
            });
        }
        let mut took = Vec::new();
        while let Some(person) = people.join_next().await {
            took.extend(person??);
        }
        rates.push(took.len() as f64 / start.elapsed().as_secs_f64());
        p95.push(percentile(&mut took, 95));
    }
    let how = format!(
        "POST /api/v1/sign-in with the right password (Argon2id, 47,104 KiB, one pass), {AT_ONCE} at a time for {} s, \
         each account's older sign-in ended by the next; {connected} managers are connected meanwhile",
        RUN.as_secs()
    );
    Ok(vec![
        Figure::new("sign_ins", "a second", rates, Some(Line::AtLeast(20.0)), how),
        Figure::new("sign_in_p95", "ms", p95, None, format!("with {AT_ONCE} under way at a time")),
    ])
}
