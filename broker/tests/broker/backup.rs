//! Backups: made while the broker runs, opened only by their key, restored whole or not at all, in either database.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Broker, PATIENCE, command, sid};

/// A backup of a broker with a session in its log, the key that opens it, and a place for another broker's files.
async fn backed_up(broker: &Broker) -> (PathBuf, PathBuf) {
    let kim = broker.add_operator("Kim Minsu");
    let (mut operator, code) = broker.operator_with_code(&kim).await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(1)).await;
    operator.hear_of("knock").await;
    let (key, backup) = (broker.file("backup.key"), broker.file("backup.age"));
    let (done, recipient, stderr) = broker.command(&["backup-key", "--to", key.to_str().unwrap()]);
    assert!(done, "{stderr}");
    let recipient = recipient.trim();
    let (done, _, stderr) = broker.command(&["backup", "--to", backup.to_str().unwrap(), "--recipient", recipient]);
    assert!(done, "{stderr}");
    (backup, key)
}

fn restore(config: &std::path::Path, backup: &std::path::Path, key: &std::path::Path) -> (bool, String, String) {
    command(config, &["restore", "--from", backup.to_str().unwrap(), "--key", key.to_str().unwrap()])
}

#[actix_web::test]
async fn a_backup_becomes_the_same_broker_elsewhere() {
    let broker = Broker::start();
    let (backup, key) = backed_up(&broker).await;
    let bytes = std::fs::read(&backup).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    let config = broker.empty_sibling();
    let (done, stdout, stderr) = restore(&config, &backup, &key);
    assert!(done && stdout.contains("rows restored"), "{stderr}");
    let (done, log, stderr) = command(&config, &["log", "--json"]);
    assert!(done, "{stderr}");
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log["sessions"][0]["sid"], sid(1).to_text());
    assert_eq!(log["sessions"][0]["customer_address"], "127.0.0.1", "sealed values open");
    assert_eq!(log["sign_ins"][0]["account"]["name"], "Kim Minsu");
    let (done, _, stderr) = restore(&config, &backup, &key);
    assert!(!done && stderr.contains("not empty"), "{stderr}");
}

#[actix_web::test]
async fn what_is_not_a_whole_backup_changes_nothing() {
    let broker = Broker::start();
    let (backup, key) = backed_up(&broker).await;
    let config = broker.empty_sibling();
    let other = broker.file("other.key");
    assert!(broker.command(&["backup-key", "--to", other.to_str().unwrap()]).0);
    let (done, _, stderr) = restore(&config, &backup, &other);
    assert!(!done && stderr.contains("the key does not open this backup"), "{stderr}");
    let bytes = std::fs::read(&backup).unwrap();
    let bad = broker.file("bad.age");
    for (what, bytes) in [
        ("cut", bytes[..bytes.len() - 40].to_vec()),
        ("half", bytes[..bytes.len() / 2].to_vec()),
        ("altered", bytes.iter().enumerate().map(|(n, byte)| byte ^ u8::from(n == bytes.len() - 100)).collect()),
        ("empty", Vec::new()),
    ] {
        std::fs::write(&bad, bytes).unwrap();
        let (done, _, stderr) = restore(&config, &bad, &key);
        assert!(!done, "{what}: {stderr}");
    }
    let (done, _, stderr) = restore(&config, &backup, &key);
    assert!(done, "after all of that the database is still empty: {stderr}");
    let (done, _, stderr) = broker.command(&["backup", "--to", bad.to_str().unwrap(), "--recipient", "age1nobody"]);
    assert!(!done && stderr.contains("is not the public part of a backup key"), "{stderr}");
}

/// Asks until no backup is being made and there is news.
async fn settled(broker: &Broker, bearer: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let ask = async {
        loop {
            let (status, answer) = broker.administer(Method::GET, "backups", bearer, None).await;
            assert_eq!(status, 200, "{answer}");
            if answer["running_since"].is_null() && holds(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ask).await.unwrap()
}

#[actix_web::test]
async fn the_broker_makes_backups_by_itself_and_when_it_is_asked() {
    let mut broker = Broker::initialised_with("");
    let (folder, key) = (broker.file("backups"), broker.file("backup.key"));
    std::fs::create_dir(&folder).unwrap();
    let (_, recipient, _) = broker.command(&["backup-key", "--to", key.to_str().unwrap()]);
    let recipient = recipient.trim();
    broker.configure(&format!("[backup]\ndirectory = {folder:?}\nrecipients = [{recipient:?}]\nkeep = 2\n"));
    broker.serve();
    let administrator = broker.stepped_up().await;
    let answer = settled(&broker, &administrator, |answer| answer["backups"][0]["size"].is_u64()).await;
    let settings = json!({ "directory": folder, "recipients": [recipient], "every_hours": 24, "keep": 2 });
    assert_eq!((&answer["settings"], &answer["failed"]), (&settings, &Value::Null));
    let first = folder.join(answer["backups"][0]["name"].as_str().unwrap());
    let config = broker.empty_sibling();
    let (done, stdout, stderr) = restore(&config, &first, &key);
    assert!(done && stdout.contains("rows restored"), "{stderr}");

    // An older one gives way.
    std::fs::write(folder.join("beside-2020-01-01T00-00-00Z.age"), "old").unwrap();
    std::fs::rename(&first, folder.join("beside-2020-01-02T00-00-00Z.age")).unwrap();
    let (status, answer) = broker.administer(Method::POST, "backups", &administrator, None).await;
    assert_eq!(status, 202, "{answer}");
    let is_new = |answer: &Value| answer["backups"][0]["made_at"].as_i64() > Some(1_700_000_000_000);
    let answer = settled(&broker, &administrator, is_new).await;
    assert_eq!(answer["backups"][1]["name"], "beside-2020-01-02T00-00-00Z.age");
    assert_eq!(answer["backups"].as_array().unwrap().len(), 2, "{answer}");
    let made = broker.audited(&administrator, "backup.made").await;
    assert_eq!(made.len(), 2, "{made:?}");

    std::fs::remove_dir_all(&folder).unwrap();
    let (status, _) = broker.administer(Method::POST, "backups", &administrator, None).await;
    assert_eq!(status, 202);
    let answer = settled(&broker, &administrator, |answer| answer["failed"]["at"].is_i64()).await;
    assert_eq!(answer["failed"]["fault"], "folder");
}

#[actix_web::test]
async fn a_broker_that_makes_no_backups_says_so() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (_, answer) = broker.administer(Method::GET, "backups", &administrator, None).await;
    assert_eq!(answer, json!({ "backups": [] }));
    let (status, answer) = broker.administer(Method::POST, "backups", &administrator, None).await;
    assert_eq!((status, &answer["reasons"]), (409, &json!(["not_configured"])));
}

#[actix_web::test]
async fn the_self_check_names_what_is_weak_and_what_is_wrong() {
    let broker = Broker::start();
    let (_, stdout, _) = broker.command(&["check", "--json"]);
    let findings: Vec<serde_json::Value> = serde_json::from_str(&stdout).unwrap();
    let grade = |what: &str| {
        let of = findings.iter().find(|finding| finding["what"] == what);
        of.unwrap_or_else(|| panic!("{what} is not looked at: {stdout}"))["grade"].as_str().unwrap().to_owned()
    };
    for (what, expected) in [
        ("database", "good"),
        ("keys.encryption", "good"),
        ("tls", "good"),
        ("listen.administration", "good"),
        ("organisation.security_contact", "weak"),
        ("accounts", "weak"),
        ("policy.second_factor", "weak"),
        ("status", "wrong"),
    ] {
        assert_eq!(grade(what), expected, "{what}");
    }
    std::fs::remove_file(broker.file("broker.key")).unwrap();
    let (done, stdout, stderr) = broker.command(&["check"]);
    assert!(!done && stdout.contains("can't be read") && stderr.contains("are wrong"), "{stdout}{stderr}");
}
