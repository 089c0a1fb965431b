//! Demo data: a year that the log vouches for, the same for the same seed, in a new database only.

use sea_orm::FromQueryResult;
use serde_json::json;

use crate::audited::Audited;
use crate::harness::Broker;

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Told {
    sid: String,
    operator_id: String,
    knocked_at: i64,
    ended_at: Option<i64>,
    end_reason: Option<String>,
    paths: String,
    granted: String,
    device: Option<String>,
    carried: Option<String>,
}

/// A broker's database with so many sessions of the year of a seed.
fn filled(sessions: &str, seed: &str) -> Audited {
    let audited = Audited { broker: Broker::initialised_with(""), operator: Default::default() };
    let (done, _, stderr) = audited.broker.command(&["demo-data", "--sessions", sessions, "--seed", seed]);
    assert!(done && stderr.contains(&format!("{sessions} of {sessions} sessions")), "{stderr}");
    audited
}

async fn told(audited: &Audited) -> Vec<Told> {
    let columns = "sid, operator_id, knocked_at, ended_at, end_reason, paths, granted, device, carried";
    audited.find(&format!("SELECT {columns} FROM sessions ORDER BY knocked_at, sid")).await
}

#[actix_web::test]
async fn the_log_vouches_for_every_session() {
    let audited = filled("3000", "7");
    let (code, found) = audited.verify(&[]);
    assert_eq!((code, &found["sound"], &found["sessions"]["sessions"]), (0, &json!(true), &json!(3_000)), "{found}");
    assert_eq!(found["log"]["signed"], found["log"]["size"], "{found}");
    for (what, least) in [
        ("FROM sessions WHERE customer_name IS NOT NULL", 2_000),
        ("FROM sessions WHERE verdict_at IS NOT NULL AND granted LIKE '%view%'", 2_000),
        ("FROM sessions WHERE differs", 1),
        ("FROM sessions WHERE attempt = 2", 100),
        ("FROM sessions WHERE device IS NULL", 30),
        ("FROM (SELECT device FROM sessions WHERE device IS NOT NULL GROUP BY device HAVING count(*) > 3) often", 100),
        ("FROM sessions WHERE carried = 'direct' AND paths LIKE '%direct_%'", 1_000),
        ("FROM sessions WHERE carried = 'relayed' AND paths NOT LIKE '%direct_%'", 400),
        ("FROM sessions WHERE carried = 'both' AND paths LIKE '%direct_%relay%'", 10),
        ("FROM audit WHERE action = 'sign_in.refused'", 500),
        ("FROM accounts WHERE role = 'operator'", 5),
        ("FROM group_members", 6),
    ] {
        let count = audited.count(what).await;
        assert!(count >= least, "{count} {what}");
    }
    assert_eq!(audited.count("FROM sessions WHERE ended_at IS NULL OR ended_at < knocked_at").await, 0);
    let apart = "FROM sessions WHERE (carried IS NOT NULL) <> (granted <> '')";
    assert_eq!(audited.count(apart).await, 0, "what began was carried");
    let called = "FROM (SELECT device FROM sessions GROUP BY device HAVING count(DISTINCT operator_id) > 1) of_several";
    assert!(audited.count(called).await > 100, "whoever is there helps who comes back");
    assert_eq!(audited.count("FROM live_sign_ins").await, 0);
    audited.tamper(&["UPDATE sessions SET granted = '' WHERE granted LIKE '%control%'"]).await;
    assert_eq!(audited.verify(&[]).0, 1, "the verification looks at these sessions");
}

#[actix_web::test]
async fn the_same_seed_tells_the_same_year() {
    let (one, same, other) = (filled("200", "1"), filled("200", "1"), filled("200", "2"));
    assert_eq!(told(&one).await, told(&same).await);
    assert_ne!(told(&one).await, told(&other).await);
}

#[actix_web::test]
async fn a_database_that_was_used_is_refused() {
    let audited = Audited::new().await;
    let before = audited.count("FROM audit").await;
    let (done, _, stderr) = audited.broker.command(&["demo-data", "--sessions", "10"]);
    assert!(!done && stderr.contains("this database was used"), "{stderr}");
    assert_eq!(audited.count("FROM audit").await, before);
    let (done, _, stderr) = filled("10", "1").broker.command(&["demo-data", "--sessions", "10"]);
    assert!(!done && stderr.contains("this database was used"), "a second time: {stderr}");
}
