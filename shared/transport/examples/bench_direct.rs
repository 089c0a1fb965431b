//! Measures a WebRTC path between two sides in this process, over loopback, and prints JSON.
//!
//! ```text
//! cargo run --profile demo -p beside-transport --example bench_direct
//! ```
//!
//! `mbit_per_s`: messages of 16 KB one way, as the session sends them, so never more than its window undrained;
//! `lost`: the part of them that didn't arrive, which only the loose channel may have. `round_trip_us`: messages of
//! 64 bytes there and back, one at a time.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use beside_protocol::PathId;
use beside_protocol::control::DescriptionKind;
use beside_protocol::limits::RECORD_MAX;
use beside_protocol::path::Channel;
use beside_session::{PathOutput, WINDOW};
use beside_transport::clock::now;
use beside_transport::direct::{Certificate, Direct, DirectEvent};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATH: PathId = PathId(1);
const MESSAGES: usize = 4_000;
const ROUND_TRIPS: usize = 1_000;
const PATIENCE: Duration = Duration::from_secs(10);

struct Side {
    direct: Direct,
    events: mpsc::Receiver<DirectEvent>,
}

impl Side {
    fn new(own: Certificate, peer_fingerprint: [u8; 32]) -> Self {
        let (events_in, events) = mpsc::channel(256);
        // Nobody answers there: that the broker is on loopback is what counts.
        let stun = Some(("127.0.0.1".to_owned(), 9));
        Self { direct: Direct::new(own, peer_fingerprint, stun, events_in), events }
    }

    async fn next(&mut self) -> Result<DirectEvent> {
        let event = timeout(PATIENCE, self.events.recv()).await.context("nothing happens")?;
        event.context("the events ended")
    }

    fn send(&self, channel: Channel, length: usize) {
        self.direct.carry_out(PathOutput::Transmit { path: PATH, channel, bytes: vec![0; length] });
    }

    async fn message(&mut self) -> Result<()> {
        loop {
            match self.next().await? {
                DirectEvent::Message { .. } => return Ok(()),
                DirectEvent::Down { .. } => bail!("the path is down"),
                DirectEvent::Up { .. }
                | DirectEvent::Drained { .. }
                | DirectEvent::Described { .. }
                | DirectEvent::Candidate { .. } => {}
            }
        }
    }
}

/// Passes descriptions and candidates on until both sides are up.
async fn join(sides: &mut [Side; 2]) -> Result<()> {
    sides[0].direct.carry_out(PathOutput::Gather { path: PATH });
    let mut up = 0;
    while up < 2 {
        let [customer, operator] = sides;
        let (from_customer, event) = tokio::select! {
            event = customer.next() => (true, event?),
            event = operator.next() => (false, event?),
        };
        let (to, kind) = match from_customer {
            true => (&operator.direct, DescriptionKind::Offer),
            false => (&customer.direct, DescriptionKind::Answer),
        };
        match event {
            DirectEvent::Up { .. } => up += 1,
            DirectEvent::Down { .. } => bail!("the path is down"),
            DirectEvent::Described { path, sdp } => to.carry_out(PathOutput::Description { path, kind, sdp }),
            DirectEvent::Candidate { path, candidate, mid } => {
                to.carry_out(PathOutput::Candidate { path, candidate, mid });
            }
            DirectEvent::Message { .. } | DirectEvent::Drained { .. } => {}
        }
    }
    Ok(())
}

/// Fills the session's window again and again until all has drained.
async fn throughput([customer, operator]: &mut [Side; 2], channel: Channel) -> Result<Value> {
    let (mut sent, mut drained, mut arrived) = (0, 0, 0);
    let start = now();
    let mut last = start;
    while drained < MESSAGES * RECORD_MAX {
        while sent < MESSAGES && (sent + 1) * RECORD_MAX - drained <= WINDOW {
            customer.send(channel, RECORD_MAX);
            sent += 1;
        }
        tokio::select! {
            event = customer.next() => if let DirectEvent::Drained { bytes, .. } = event? { drained += bytes },
            message = operator.message() => {
                message?;
                arrived += 1;
                last = now();
            }
        }
    }
    // What has drained may still be in the events.
    while timeout(Duration::from_millis(50), operator.message()).await.is_ok() {
        arrived += 1;
    }
    let bits = (arrived * RECORD_MAX * 8) as f64;
    let rate = bits / last.duration_since(start).as_secs_f64() / 1e6;
    Ok(json!({ "mbit_per_s": rate.round(), "lost": 1.0 - arrived as f64 / MESSAGES as f64 }))
}

async fn round_trips([customer, operator]: &mut [Side; 2], channel: Channel) -> Result<Value> {
    let mut times = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        let start: Instant = now();
        customer.send(channel, 64);
        operator.message().await?;
        operator.send(channel, 64);
        customer.message().await?;
        times.push(start.elapsed().as_micros());
    }
    times.sort_unstable();
    Ok(json!({ "p50": times[ROUND_TRIPS / 2], "p95": times[ROUND_TRIPS * 95 / 100] }))
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let [own, other] = [Certificate::generate()?, Certificate::generate()?];
    let (own_fingerprint, other_fingerprint) = (own.fingerprint(), other.fingerprint());
    let mut sides = [Side::new(own, other_fingerprint), Side::new(other, own_fingerprint)];
    let start = now();
    join(&mut sides).await?;
    let up_ms = start.elapsed().as_millis();
    let report = json!({
        "up_ms": up_ms,
        "ordered": throughput(&mut sides, Channel::Ordered).await?,
        "loose": throughput(&mut sides, Channel::Loose).await?,
        "bulk": throughput(&mut sides, Channel::Bulk).await?,
        "round_trip_us": {
            "ordered": round_trips(&mut sides, Channel::Ordered).await?,
            "loose": round_trips(&mut sides, Channel::Loose).await?,
        },
    });
    writeln!(std::io::stdout(), "{report:#}")?;
    Ok(())
}
