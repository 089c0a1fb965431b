//! Deleting what is past its time, without breaking the chain.

use std::time::Instant;

use beside_broker::audit::{Action, Actor, Event};
use beside_broker::storage::session_lists::SessionQuery;
use beside_broker::storage::settings::Policy;
use beside_protocol::ids::OperatorId;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

use crate::audited::{Audited, CUSTOMER, device};
use crate::harness::{PATIENCE, sid};

pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000;

pub(crate) fn now() -> i64 {
    beside_broker::clock::Clock::start().now().unix_ms
}

fn run(audited: &Audited) -> Value {
    let (done, stdout, stderr) = audited.broker.command(&["retention", "run", "--json"]);
    assert!(done, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

/// A log of rows that are too old, rows of an age at which only personal data goes, and rows of today. The broker's own
/// first rows, of today, come first in every log: they are taken for old ones.
async fn aged() -> Audited {
    aged_under(Policy::default()).await
}

/// The same under a policy, but that personal data goes after 30 days.
pub(crate) async fn aged_under(policy: Policy) -> Audited {
    let audited = Audited::empty();
    let storage = audited.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let policy = Policy { personal_days: 30, ..policy };
    let event = Event::new(Action::PolicyChanged, Actor::CommandLine, now() - 800 * DAY);
    writing.set_policy(&policy, event).await.unwrap();
    writing.commit().await.unwrap();
    audited.age(now() - 801 * DAY).await;
    let (old, middle) = (now() - 800 * DAY, now() - 100 * DAY);
    storage.write(&audited.sign_ins(1_200, old)).await.unwrap();
    storage.write(&audited.session(1, old + 2_000_000)).await.unwrap();
    storage.sign_checkpoint(old + 3_000_000).await.unwrap();
    storage.write(&audited.session(2, middle)).await.unwrap();
    storage.write(&audited.sign_ins(10, now() - DAY)).await.unwrap();
    storage.write(&audited.session(3, now() - DAY + 60_000)).await.unwrap();
    storage.sign_checkpoint(now()).await.unwrap();
    storage.close().await.unwrap();
    audited
}

#[actix_web::test]
async fn what_is_past_its_time_goes_and_the_log_stays_sound() {
    let audited = aged().await;
    assert_eq!(audited.faults(&[]), [""; 0]);
    assert_eq!(audited.count("FROM session_names").await, 3);
    let rows = audited.count("FROM audit").await;
    let deleted = run(&audited);
    // Up to the checkpoint behind the old rows: before it there is nothing younger.
    let old = audited.count("FROM checkpoints WHERE size < (SELECT MIN(seq) FROM audit)").await;
    assert_eq!(old, 1, "the checkpoint that the log begins with is kept, and none before it");
    assert!(deleted["rows"].as_i64().unwrap() > 1_200, "{deleted}");
    assert_eq!(deleted["sessions"], 2, "the old one too: personal data goes first");
    assert_eq!((audited.count("FROM sessions").await, &deleted["accounts"]), (2, &json!(0)));
    assert_eq!(audited.count(&format!("FROM sessions WHERE sid = '{}'", sid(1).to_text())).await, 0);
    assert_eq!(
        audited
            .count("FROM sessions WHERE customer_name IS NULL AND customer_address IS NULL AND device IS NULL")
            .await,
        1
    );

    let (code, found) = audited.verify(&[]);
    assert_eq!(code, 0, "{found}");
    let log = &found["log"];
    assert_eq!(log["deleted"], deleted["rows"]);
    assert!(log["personal_verified"].as_i64().unwrap() < log["personal"].as_i64().unwrap(), "{log}");
    assert_eq!(audited.count("FROM session_names").await, 1, "nor by which name it is found");
    assert_eq!(audited.count("FROM audit WHERE action = 'log.rows_deleted'").await, 1);
    assert_eq!(log["size"].as_i64().unwrap() - log["rows"].as_i64().unwrap(), deleted["rows"].as_i64().unwrap());
    assert!(log["size"].as_i64().unwrap() > rows);

    // Of what is left nothing is past its time; a change of it is found as ever.
    let nothing = json!({ "values": 0, "sessions": 0, "alerts": 0, "accounts": 0, "rows": 0 });
    assert_eq!(run(&audited), nothing);
    let storage = audited.storage().await;
    storage.sign_checkpoint(now()).await.unwrap();
    let query = SessionQuery { limit: 1, ..SessionQuery::default() };
    let youngest = storage.sessions(&query).await.unwrap();
    assert_eq!(youngest[0].customer_name.as_deref(), Some(CUSTOMER));
    assert_eq!(youngest[0].device, Some(device(3).to_string()));
    storage.close().await.unwrap();
    assert_eq!(audited.faults(&[]), [""; 0]);
    audited
        .tamper(&["UPDATE audit SET line = replace(line, 'through', 'thruogh') WHERE action = 'log.rows_deleted'"])
        .await;
    let faults = audited.faults(&[]);
    assert!(faults.contains(&"edited".to_owned()), "{faults:?}");
}

#[actix_web::test]
#[expect(clippy::disallowed_methods, reason = "a broker that does nothing must not hang the test")]
async fn the_broker_does_it_by_itself() {
    let mut audited = aged().await;
    audited.broker.serve();
    let begun = Instant::now();
    while audited.count("FROM audit WHERE action = 'log.rows_deleted'").await == 0 {
        assert!(begun.elapsed() < PATIENCE, "{}", audited.broker.stderr());
    }
    audited.broker.stop();
    assert_eq!(audited.faults(&[]), [""; 0]);
}

#[derive(FromQueryResult)]
struct Named {
    name: String,
    name_key: String,
}

#[actix_web::test]
async fn the_name_of_an_account_that_ended_long_ago_is_replaced() {
    let audited = Audited::empty();
    let id: OperatorId = audited.operator.id.parse().unwrap();
    let other = audited.broker.add_operator("Lee");
    let storage = audited.storage().await;
    for (id, days) in [(&id, 31), (&other.id.parse().unwrap(), 29)] {
        let mut writing = storage.writing().await.unwrap();
        let ended = Event::new(Action::AccountEnded, Actor::CommandLine, now() - days * DAY);
        writing.end_account(id, ended).await.unwrap();
        writing.commit().await.unwrap();
    }
    storage.close().await.unwrap();
    assert_eq!(run(&audited)["accounts"], 1);
    assert_eq!(run(&audited)["accounts"], 0);
    let accounts: Vec<Named> = audited.find("SELECT name, name_key FROM accounts WHERE role = 'operator'").await;
    let mut names: Vec<_> = accounts.iter().map(|account| (account.name.as_str(), account.name_key.as_str())).collect();
    names.sort_unstable();
    assert_eq!(names, [("Lee", "lee"), (id.as_str(), id.as_str())]);
    assert_eq!(audited.count("FROM audit WHERE action = 'account.pseudonymised'").await, 1);
    // The name is free again.
    audited.broker.add_operator("Kim");
    assert_eq!(audited.faults(&[]), [""; 0]);
}

#[actix_web::test]
async fn rows_that_the_witness_lacks_are_kept() {
    let audited = aged().await;
    let storage = audited.storage().await;
    let before = now() - 730 * DAY;
    assert_eq!(storage.delete_old_rows(before, Some(0), &Actor::CommandLine, now()).await.unwrap(), 0);
    assert_eq!(storage.delete_old_rows(before, Some(1_100), &Actor::CommandLine, now()).await.unwrap(), 1_000);
    assert!(storage.delete_old_rows(before, None, &Actor::CommandLine, now()).await.unwrap() > 200);
}
