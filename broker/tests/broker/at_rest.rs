//! Personal data at rest: sealed, sealed anew, and under keys that change while the broker serves.

use beside_broker::config::KeySource;
use beside_broker::storage::session_lists::SessionQuery;
use beside_broker_core::Record;
use beside_broker_core::name::PersonName;
use reqwest::Method;
use sea_orm::FromQueryResult;
use serde_json::json;

use crate::audited::{Audited, CUSTOMER, CUSTOMER_PLACE, OPERATOR_PLACE, THEN};
use crate::harness::{accepted, sid};

/// Everything that the database keeps, as bytes.
async fn dump(audited: &Audited) -> Vec<u8> {
    let url = audited.broker.configuration().database.url;
    if url.starts_with("postgres") {
        return std::process::Command::new("pg_dump").arg(url).output().unwrap().stdout;
    }
    let mut bytes = std::fs::read(audited.broker.folder().join("broker.sqlite")).unwrap();
    // What has not reached the file itself yet.
    bytes.extend(std::fs::read(audited.broker.folder().join("broker.sqlite-wal")).unwrap_or_default());
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[actix_web::test]
async fn nothing_that_is_stored_holds_a_name_of_a_customer_an_address_or_a_second_factor() {
    let audited = Audited::new().await;
    let storage = audited.storage().await;
    let name = || PersonName::parse("Grace Hopper").unwrap();
    storage.write(&audited.session(2, THEN)).await.unwrap();
    storage.write([&Record::Named { sid: sid(2), name: name(), at: THEN }]).await.unwrap();
    let found = |customer| SessionQuery { customer, limit: 9, ..SessionQuery::default() };
    assert_eq!(storage.sessions(&found(Some(name()))).await.unwrap().len(), 1);
    let sessions = storage.sessions(&found(None)).await.unwrap();
    let session = &sessions[0];
    assert_eq!(
        (session.customer_name.as_deref(), session.customer_address.as_deref()),
        (Some(CUSTOMER), Some(CUSTOMER_PLACE))
    );
    assert_eq!(session.operator_address.as_deref(), Some(OPERATOR_PLACE));
    let dump = dump(&audited).await;
    // It is all of the database: what may be read is there.
    assert!(holds(&dump, &sid(1).to_text()) && holds(&dump, "session.knocked"));
    let secret = audited.broker.administrator.totp.as_deref().unwrap();
    for text in [CUSTOMER, "Grace", "Hopper", "grace", "hopper", CUSTOMER_PLACE, OPERATOR_PLACE, secret] {
        assert!(!holds(&dump, text), "{text}");
    }
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

async fn data_keys(audited: &Audited) -> Vec<String> {
    let keys: Vec<Id> = audited.find("SELECT id FROM data_keys ORDER BY made_at").await;
    keys.into_iter().map(|key| key.id).collect()
}

#[actix_web::test]
async fn the_data_key_is_rotated_while_the_broker_serves() {
    let mut audited = Audited::new().await;
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(1_500, THEN)).await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    let broker = &audited.broker;
    let token = broker.sign_in_to_console(&broker.administrator).await;
    let before = data_keys(&audited).await;

    // Whatever happens meanwhile is written and read as ever.
    let mut rotation = broker.spawn(&["keys", "rotate"]);
    let mut meanwhile = 0;
    while rotation.try_wait().unwrap().is_none() {
        assert_eq!(broker.administer(Method::GET, "sessions", &token, None).await.0, 200);
        meanwhile += 1;
    }
    assert!(rotation.wait().unwrap().success() && meanwhile > 0, "{meanwhile}");
    let after = data_keys(&audited).await;
    assert!(after.len() == 1 && after != before, "{before:?} {after:?}");

    // The second factor of the administrator was sealed anew, what is written now is sealed under the new key, and what
    // was written before is read.
    let body = json!({ "second_factor": broker.administrator.code() });
    assert_eq!(broker.administer(Method::POST, "step-up", &token, Some(body)).await.0, 200);
    let _ = accepted(broker, &audited.operator, sid(7)).await;
    let (status, page) = broker.administer(Method::GET, "sessions", &token, None).await;
    assert_eq!(status, 200);
    let (_, by_name) = broker.administer(Method::GET, &format!("sessions?customer={CUSTOMER}"), &token, None).await;
    assert_eq!(by_name["items"].as_array().unwrap().len(), 1, "names are found under the same key as before");
    let names: Vec<_> = page["items"].as_array().unwrap().iter().map(|one| &one["customer_address"]).collect();
    assert_eq!(names, [&json!("127.0.0.1"), &json!(CUSTOMER_PLACE)]);
    assert_eq!(audited.count(&format!("FROM search_indexes WHERE secret LIKE '1.{}.%'", after[0])).await, 1);
    assert_eq!(audited.count(&format!("FROM audit_personal WHERE value NOT LIKE '1.{}.%'", after[0])).await, 0);
    assert_eq!(audited.faults(&[]), [""; 0]);
}

#[actix_web::test]
async fn a_key_that_still_seals_something_is_kept_and_the_place_named() {
    let audited = Audited::new().await;
    let [old] = data_keys(&audited).await.try_into().unwrap();
    audited.tamper(&[&format!("INSERT INTO settings VALUES ('other', '1.{old}.sealed', 0)")]).await;
    let (done, stdout, stderr) = audited.broker.command(&["keys", "rotate"]);
    assert!(done && stdout.contains("still seal values in settings.value"), "{stdout}{stderr}");
    assert_eq!(data_keys(&audited).await.len(), 2);
    audited.tamper(&["DELETE FROM settings WHERE name = 'other'"]).await;
    assert!(audited.broker.command(&["keys", "rotate"]).0);
    assert_eq!(data_keys(&audited).await.len(), 1);
}

#[actix_web::test]
async fn the_key_encryption_key_changes_and_the_broker_takes_it_up() {
    let mut audited = Audited::new().await;
    audited.broker.serve();
    let broker = &audited.broker;
    let (old, new) = (broker.folder().join("broker.key"), broker.folder().join("new.key"));
    let (done, stdout, stderr) = broker.command(&["keys", "rewrap", "--new-key", new.to_str().unwrap()]);
    assert!(done && stdout.contains("new.key"), "{stdout}{stderr}");
    // The running broker has its data keys; whoever starts with the old key has none.
    let (mut manager, _) = broker.operator_with_code(&audited.operator).await;
    let (done, _, stderr) = broker.command(&["log"]);
    assert!(!done && stderr.contains("sealed under another key"), "{stderr}");
    assert_ne!(
        KeySource::File(old.clone()).read().unwrap().to_hex(),
        KeySource::File(new.clone()).read().unwrap().to_hex()
    );
    std::fs::rename(&new, &old).unwrap();
    // With the new key in its place a data key is made that the running broker hears of with its next change.
    let (done, _, stderr) = broker.command(&["keys", "rotate"]);
    assert!(done, "{stderr}");
    let (_second, code) = broker.operator_with_code(&audited.operator).await;
    manager.closed().await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(9)).await;
    customer.hear_of("waiting").await;
    assert_eq!(audited.count("FROM sessions").await, 2);
    audited.broker.restart();
    assert_eq!(audited.broker.try_sign_in("Kim", &audited.operator.password).await.0, 200);
    assert_eq!(audited.faults(&[]), [""; 0]);
}
