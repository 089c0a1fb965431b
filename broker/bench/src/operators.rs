//! Ten thousand operators: their sockets idle, and all of them coming back at once.
//!
//! Their sign-ins are made through the broker's own storage, since 10,000 hashes of Argon2id take minutes; the broker
//! takes them up when it starts, as it does after any restart. The sockets are real ones, over TLS.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use beside_broker::audit::Actor;
use beside_broker::clock::{Clock, random};
use beside_broker::credentials::hashing;
use beside_broker::storage::accounts::NewAccount;
use beside_broker_core::name::PersonName;
use beside_broker_core::{Account, Record, TokenHash};
use beside_protocol::api::Role;
use beside_protocol::ids::Token;
use rand_core::Rng as _;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line};
use crate::peer::{Peer, place};

/// Operators that the lines are drawn for.
pub(crate) const OPERATORS: u64 = 10_000;
/// The password of those who sign in for real.
pub(crate) const PASSWORD: &str = "correct horse battery staple 7";
/// Sockets that are opened at the same time.
const AT_ONCE: usize = 200;
/// How long they idle before memory is read: two rounds of pings.
const IDLE: Duration = Duration::from_secs(45);
/// Then so often, once a second.
const SAMPLES: usize = 10;
/// Times that all come back.
const RUNS: usize = 3;
/// Bytes of a megabyte.
const MEGABYTE: f64 = 1_000_000.0;

/// Operators who are signed in.
pub(crate) struct Operators {
    tokens: Vec<String>,
    sockets: Vec<JoinHandle<()>>,
    /// The code of each.
    pub(crate) codes: Vec<String>,
}

/// Makes accounts with [`PASSWORD`]: of those who are signed in, and of others.
pub(crate) async fn hire(broker: &Broker, signed_in: u64, others: u64) -> anyhow::Result<Operators> {
    let storage = broker.storage().await?;
    let hash = hashing::hash(PASSWORD, &mut random())?;
    let at = Clock::start().now().unix_ms;
    let mut writing = storage.writing().await?;
    for number in 0..signed_in + others {
        let account = Account { id: id(number).parse()?, role: Role::Operator };
        let name = PersonName::parse(&name(number)).context("a name")?;
        let new = NewAccount { account: &account, name: &name, password: Some(&hash) };
        writing.add_account(new, Actor::CommandLine, at).await?;
    }
    writing.commit().await?;
    let mut tokens = Vec::new();
    let mut records = Vec::new();
    for number in 0..signed_in {
        let mut secret = [0; 32];
        random().fill_bytes(&mut secret);
        let token = Token(secret);
        records.push(Record::SignInBegan { account: id(number).parse()?, token: TokenHash::from(&token), at });
        tokens.push(token.to_text());
    }
    storage.write(&records).await?;
    storage.close().await?;
    Ok(Operators { tokens, sockets: Vec::new(), codes: Vec::new() })
}

/// The name of an operator's account.
pub(crate) fn name(number: u64) -> String {
    format!("Operator {number}")
}

fn id(number: u64) -> String {
    format!("u-{number:016x}")
}

impl Operators {
    /// One operator's bearer token.
    pub(crate) fn token(&self) -> anyhow::Result<&str> {
        Ok(self.tokens.first().context("no operators")?)
    }

    /// Opens everybody's socket, and waits until everybody was told a code.
    pub(crate) async fn come(&mut self, broker: &Broker) -> anyhow::Result<()> {
        let (to, tls) = (broker.addresses()?.listening, broker.tls());
        let doors = Arc::new(Semaphore::new(AT_ONCE));
        let mut coming = JoinSet::new();
        for (number, token) in self.tokens.iter().cloned().enumerate() {
            let (doors, tls) = (Arc::clone(&doors), Arc::clone(tls));
            coming.spawn(async move {
                let _door = doors.acquire().await?;
                let mut peer = Peer::open(to, place(1, number % 500), &tls, Some(&token)).await?;
                let code = peer.code().await?;
                anyhow::Ok((number, peer, code))
            });
        }
        self.codes = vec![String::new(); self.tokens.len()];
        while let Some(come) = coming.join_next().await {
            let (number, peer, code) = come??;
            self.codes[number] = code;
            self.sockets.push(tokio::spawn(peer.idle()));
        }
        Ok(())
    }

    /// Lets only so many of them stay.
    pub(crate) async fn stay(&mut self, broker: &Broker, number: usize) -> anyhow::Result<()> {
        self.vanish().await;
        self.tokens.truncate(number);
        self.come(broker).await
    }

    /// Cuts every socket at once, without a word.
    async fn vanish(&mut self) {
        for socket in &self.sockets {
            socket.abort();
        }
        for socket in self.sockets.drain(..) {
            // Aborted: its connection is dropped by then.
            let _ = socket.await;
        }
    }
}

/// Measures memory, and how fast all are back.
pub(crate) async fn measure(broker: &Broker, operators: &mut Operators) -> anyhow::Result<Vec<Figure>> {
    let before = broker.resident()?;
    operators.come(broker).await?;
    sleep(IDLE).await;
    let mut resident = Vec::new();
    for _ in 0..SAMPLES {
        resident.push(broker.resident()?);
        sleep(Duration::from_secs(1)).await;
    }
    let present = operators.codes.len();
    let mut took = Vec::new();
    let mut kept = Vec::new();
    for _ in 0..RUNS {
        let codes = operators.codes.clone();
        operators.vanish().await;
        let start = clock::now();
        operators.come(broker).await?;
        took.push(start.elapsed().as_secs_f64());
        let same = codes.iter().zip(&operators.codes).filter(|(before, after)| before == after).count();
        kept.push(same as f64);
    }
    Ok(vec![
        Figure::new(
            "idle_managers_resident",
            "MB (10^6 bytes)",
            resident.iter().map(|bytes| bytes / MEGABYTE),
            Some(Line::AtMost(500.0)),
            format!(
                "VmRSS of the broker with {present} managers' WebSockets over TLS 1.3, each with a code and of an \
                 account of its own, after {} s of idling and pings, read {SAMPLES} times. The sign-ins were made through \
                 the broker's storage and taken up at its start; {:.1} MB before the first socket",
                IDLE.as_secs(),
                before / MEGABYTE
            ),
        ),
        Figure::new(
            "idle_manager_memory",
            "KiB per socket",
            resident.iter().map(|bytes| (bytes - before) / present as f64 / 1_024.0),
            None,
            "the growth of VmRSS by the sockets",
        ),
        Figure::new(
            "managers_reconnecting",
            "s",
            took,
            Some(Line::AtMost(15.0)),
            format!(
                "from cutting all {present} sockets until the last manager, after a whole TLS handshake without a \
                 ticket, was told its code again; {AT_ONCE} of them connect at a time, from the same two processors"
            ),
        ),
        Figure::new(
            "managers_resumed",
            "managers",
            kept,
            Some(Line::AtLeast(present as f64)),
            "managers that came back to the code that they had",
        ),
    ])
}
