//! A broker that is not serving, with a log as it comes about, and what somebody with the database can do to it.

use std::net::IpAddr;

use beside_audit::Head;
use beside_broker::commands::open;
use beside_broker::storage::Storage;
use beside_broker_core::effect::{Side, SignInOutcome};
use beside_broker_core::name::PersonName;
use beside_broker_core::{Record, TokenHash};
use beside_protocol::device::DeviceId;
use beside_protocol::end::{End, EndReason, Party};
use beside_protocol::ids::OperatorId;
use beside_protocol::path::PathKind;
use beside_protocol::rights::Right;
use beside_protocol::signalling::SessionEvent;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, FromQueryResult, Statement};
use serde_json::Value;

use crate::harness::{Account, Broker, sid};

/// When the log begins: 2026-11-16.
pub(crate) const THEN: i64 = 1_795_000_000_000;
/// What the customer is called in these logs, and where both are.
pub(crate) const CUSTOMER: &str = "김민수";
pub(crate) const CUSTOMER_PLACE: &str = "203.0.113.77";
pub(crate) const OPERATOR_PLACE: &str = "198.51.100.7";

/// A broker with its operator.
pub(crate) struct Audited {
    pub(crate) broker: Broker,
    pub(crate) operator: Account,
}

impl Audited {
    /// An operator, thirty sign-ins and a session, all of it signed.
    pub(crate) async fn new() -> Self {
        let audited = Self::empty();
        let storage = audited.storage().await;
        storage.write(&audited.sign_ins(30, THEN)).await.unwrap();
        storage.write(&audited.session(1, THEN + 60_000)).await.unwrap();
        storage.sign_checkpoint(THEN + 120_000).await.unwrap();
        storage.close().await.unwrap();
        audited
    }

    /// A broker with an operator.
    pub(crate) fn empty() -> Self {
        let broker = Broker::initialised_with("");
        let operator = broker.add_operator("Kim");
        Self { broker, operator }
    }

    /// The broker's database, as its programs open it.
    pub(crate) async fn storage(&self) -> Storage {
        open(&self.broker.configuration()).await.unwrap()
    }

    /// The database, as whoever got hold of it opens it.
    pub(crate) async fn database(&self) -> DatabaseConnection {
        Database::connect(&self.broker.configuration().database.url).await.unwrap()
    }

    /// Changes the database by hand.
    pub(crate) async fn tamper(&self, statements: &[&str]) {
        let database = self.database().await;
        for statement in statements {
            database.execute_unprepared(statement).await.unwrap();
        }
        database.close().await.unwrap();
    }

    /// What one statement finds.
    pub(crate) async fn find<T: FromQueryResult>(&self, sql: &str) -> Vec<T> {
        let database = self.database().await;
        let statement = Statement::from_string(database.get_database_backend(), sql);
        let found = T::find_by_statement(statement).all(&database).await.unwrap();
        database.close().await.unwrap();
        found
    }

    /// How many rows a condition finds: `FROM … WHERE …`.
    pub(crate) async fn count(&self, what: &str) -> i64 {
        self.find::<Count>(&format!("SELECT count(*) AS number {what}")).await[0].number
    }

    /// `audit verify --json`, with more arguments: exit code and answer.
    pub(crate) fn verify(&self, more: &[&str]) -> (i32, Value) {
        let (code, stdout, stderr) = self.broker.command_code(&[&["audit", "verify", "--json"], more].concat());
        (code, serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{code} {stderr}")))
    }

    /// The names of all faults that are found.
    pub(crate) fn faults(&self, more: &[&str]) -> Vec<String> {
        let (code, found) = self.verify(more);
        let faults = [&found["log"]["faults"], &found["sessions"]["faults"]];
        let names: Vec<_> = faults
            .iter()
            .flat_map(|list| list.as_array().unwrap())
            .map(|fault| fault["fault"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            (code, found["sound"].as_bool().unwrap()),
            (i32::from(!names.is_empty()), names.is_empty()),
            "{found}"
        );
        names
    }

    /// Writes every row's line anew as `edit` makes it, with links and head to match, from row 1 on up to `last`; what
    /// comes after is deleted.
    pub(crate) async fn rewrite(&self, last: i64, edit: impl Fn(i64, String) -> String) {
        let lines: Vec<Line> = self.find("SELECT seq, line FROM audit ORDER BY seq").await;
        let mut head = Head::new();
        let mut statements = vec![format!("DELETE FROM audit WHERE seq > {last}")];
        for Line { seq, line } in lines.into_iter().take_while(|line| line.seq <= last) {
            let line = edit(seq, line);
            let link = head.append(line.as_bytes()).link;
            let link = bytes(&self.broker, link.as_bytes());
            statements.push(format!("UPDATE audit SET line = '{}', link = {link} WHERE seq = {seq}", quoted(&line)));
        }
        statements.push(format!("UPDATE audit_head SET state = {}", bytes(&self.broker, &head.to_bytes())));
        self.tamper(&statements.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }

    /// Makes the rows so far as old as this (Unix milliseconds), as if the broker had been set up then.
    pub(crate) async fn age(&self, then: i64) {
        self.rewrite(i64::MAX, |_, line| {
            let (before, after) = line.split_once("\"at\":").unwrap();
            let (_, after) = after.split_once(',').unwrap();
            format!("{before}\"at\":{then},{after}")
        })
        .await;
        self.tamper(&[&format!("UPDATE audit SET at = {then}")]).await;
    }

    /// Signs the log anew, as somebody who has the checkpoint key too.
    pub(crate) async fn sign_anew(&self) {
        self.tamper(&["DELETE FROM checkpoints"]).await;
        let storage = self.storage().await;
        storage.sign_checkpoint(THEN + 180_000).await.unwrap();
        storage.close().await.unwrap();
    }

    /// Sign-ins of the operator, one a second.
    pub(crate) fn sign_ins(&self, count: i64, from: i64) -> Vec<Record> {
        let record = |number| Record::SignIn {
            account: Some(self.operator.id.parse().unwrap()),
            address: address(OPERATOR_PLACE),
            outcome: SignInOutcome::SignedIn,
            at: from + number * 1_000,
        };
        (0..count).map(record).collect()
    }

    /// A whole session.
    pub(crate) fn session(&self, number: u8, from: i64) -> Vec<Record> {
        Self::session_of(&self.operator, number, from)
    }

    /// A whole session of an operator.
    pub(crate) fn session_of(operator: &Account, number: u8, from: i64) -> Vec<Record> {
        let sid = sid(number);
        let (operator, place): (OperatorId, _) = (operator.id.parse().unwrap(), address(OPERATOR_PLACE));
        let end = End::new(Party::Customer, EndReason::Stopped);
        let told = |side, event, at| Record::Reported { sid, side, event, at: from + at };
        let mut records = vec![
            Record::Knocked {
                sid,
                token: TokenHash([number; 32]),
                operator: operator.clone(),
                customer: address(CUSTOMER_PLACE),
                device: Some(device(number)),
                operator_address: Some(place),
                attempt: 1,
                at: from,
            },
            Record::Named { sid, name: PersonName::parse(CUSTOMER).unwrap(), at: from + 10 },
            Record::Accepted { sid, operator, operator_address: place, at: from + 20 },
        ];
        for (side, at) in [(Side::Customer, 30), (Side::Operator, 31)] {
            records.push(told(side, SessionEvent::Verdict { accepted: true }, at));
            records.push(told(side, SessionEvent::Checked, at));
            records.push(told(side, SessionEvent::Granted { right: Right::View, seconds: 60 }, at));
            records.push(told(side, SessionEvent::Path { path: PathKind::Relay, delay_ms: Some(5) }, at));
            records.push(Record::EndReported { sid, side, end, at: from + 40 });
        }
        records.push(Record::Differs { sid, at: from + 41 });
        records.push(Record::Ended { sid, end, at: from + 42 });
        records
    }
}

/// The number of the computer of the session of this number.
pub(crate) fn device(number: u8) -> DeviceId {
    DeviceId::from_random(u64::from(number) << 4)
}

pub(crate) fn address(text: &str) -> beside_broker_core::Address {
    text.parse::<IpAddr>().unwrap().into()
}

#[derive(FromQueryResult)]
struct Line {
    seq: i64,
    line: String,
}

#[derive(FromQueryResult)]
struct Count {
    number: i64,
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// Bytes as the database's SQL writes them.
fn bytes(broker: &Broker, bytes: &[u8]) -> String {
    if broker.configuration().database.url.starts_with("postgres") {
        format!("'\\x{}'::bytea", hex::encode(bytes))
    } else {
        format!("x'{}'", hex::encode(bytes))
    }
}
