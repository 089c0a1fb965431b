//! Lists as files.

use beside_broker_core::Record;
use beside_broker_core::name::PersonName;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::account_links::{PASSWORD, invite, set_up, sign_in};
use crate::audited::{Audited, THEN};
use crate::harness::{Broker, sid};

fn export(broker: &Broker, path: &str, bearer: &str) -> RequestBuilder {
    let request = broker.build(broker.administration(), Method::GET, path, Some(bearer), None);
    request.header("beside-reason", "for%20the%20yearly%20report")
}

/// The exports in the log, newest first.
async fn logged(broker: &Broker, bearer: &str) -> Vec<Value> {
    broker.audited(bearer, "log.exported").await
}

async fn serving() -> (Audited, String) {
    let mut audited = Audited::empty();
    let storage = audited.storage().await;
    storage.write(&audited.session(1, THEN)).await.unwrap();
    storage.write(&audited.session(2, THEN + 60_000)).await.unwrap();
    let name = PersonName::parse("=1+1,\"x\"").unwrap();
    storage.write(&[Record::Named { sid: sid(2), name, at: THEN + 70_000 }]).await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    let bearer = audited.broker.stepped_up().await;
    (audited, bearer)
}

#[actix_web::test]
async fn sessions_are_exported_as_the_list_has_them_and_the_log_says_so() {
    let (audited, bearer) = serving().await;
    let broker = &audited.broker;
    let policy = json!({ "policy": { "alerts": { "export_rows": 3, "look_ups": 1 } } });
    assert_eq!(broker.administer(Method::PUT, "policy", &bearer, Some(policy)).await.0, 200);
    let answer = broker.send(export(broker, "sessions/export?format=csv", &bearer)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"sessions.csv\"");
    let csv = String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap();
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert_eq!((lines.len(), lines[3]), (4, ""), "{csv}");
    assert!(lines[0].starts_with("\u{feff}sid,operator_id,operator_name,"), "{}", lines[0]);
    assert!(
        lines[1]
            .contains(",Kim,198.51.100.7,\"'=1+1,\"\"x\"\"\",203.0.113.77,0000-0000-0002,1,2026-11-18T11:07:40.000Z,"),
        "{csv}"
    );
    assert!(lines[2].ends_with(",customer,stopped,,relay,relayed,view,true,,,,,"), "{}", lines[2]);

    let exported = broker.answer(export(broker, "sessions/export?format=json&end=stopped", &bearer)).await;
    let (_, list) = broker.administer(Method::GET, "sessions", &bearer, None).await;
    assert_eq!(exported, (200, list["items"].clone()));
    let id = &audited.operator.id;
    let path = format!("sessions/export?format=json&operator={id}&from={}&before={}", THEN + 1, THEN + 60_000);
    assert_eq!(broker.answer(export(broker, &path, &bearer)).await, (200, json!([])));

    let rows = logged(broker, &bearer).await;
    let details: Vec<_> = rows.iter().map(|row| row["detail"].clone()).collect();
    let filters =
        json!({ "what": "sessions", "format": "json", "operator": id, "from": THEN + 1, "before": THEN + 60_000 });
    let with = |filters: &Value, more: Value| {
        let (mut all, more) = (filters.as_object().unwrap().clone(), more.as_object().unwrap().clone());
        all.extend(more);
        Value::Object(all)
    };
    assert_eq!(details[0], with(&filters, json!({ "outcome": "complete", "rows": 0 })));
    assert_eq!(details[1], with(&filters, json!({ "outcome": "begun" })));
    assert_eq!(details[4], json!({ "what": "sessions", "format": "csv", "outcome": "complete", "rows": 2 }));
    assert_eq!(details.len(), 6);
    for row in rows {
        assert_eq!(
            (&row["account"]["name"], &row["personal"]["place"]),
            (&json!("administrator"), &json!("127.0.0.1"))
        );
        assert_eq!(row["personal"]["reason"], "for the yearly report");
    }
    let (_, alerts) = broker.administer(Method::GET, "alerts", &bearer, None).await;
    let kinds: Vec<_> = alerts["items"].as_array().unwrap().iter().map(|alert| alert["kind"].as_str()).collect();
    for kind in ["bulk_export", "bulk_look_ups"] {
        assert!(kinds.contains(&Some(kind)), "{kind} is not among {kinds:?}");
    }
}

#[actix_web::test]
async fn the_log_is_exported_page_by_page() {
    let mut audited = Audited::empty();
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(700, THEN)).await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    let broker = &audited.broker;
    let bearer = broker.stepped_up().await;
    let (status, rows) = broker.answer(export(broker, "audit/export?format=json", &bearer)).await;
    assert_eq!(status, 200);
    let seqs: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    let expected: Vec<_> = (1..=seqs[0]).rev().collect();
    assert!(seqs.len() > 700 && seqs == expected, "every row once, newest first");
    let path = format!("audit/export?format=csv&action=sign_in.&about={}", audited.operator.id);
    let csv = broker.send(export(broker, &path, &bearer)).await.text().await.unwrap();
    assert_eq!(csv.lines().count(), 701);
    let line = csv.lines().last().unwrap();
    assert!(line.contains(",sign_in.succeeded,") && line.contains("\"{\"\"outcome\"\":\"\"signed_in\"\"}\""), "{line}");
}

#[actix_web::test]
async fn an_export_that_breaks_off_is_no_whole_file() {
    let mut audited = Audited::empty();
    let storage = audited.storage().await;
    storage.write(&audited.sign_ins(300, THEN)).await.unwrap();
    storage.close().await.unwrap();
    audited.broker.serve();
    // An old row, on the second page.
    audited
        .tamper(&["UPDATE audit_personal SET value = 'nonsense' WHERE seq = (SELECT MAX(seq) - 270 FROM audit)"])
        .await;
    let broker = &audited.broker;
    let bearer = broker.stepped_up().await;
    for format in ["csv", "json"] {
        let path = format!("audit/export?format={format}&account={}", audited.operator.id);
        let answer = broker.send(export(broker, &path, &bearer)).await;
        assert_eq!(answer.status(), 200, "it had begun");
        assert!(answer.bytes().await.is_err(), "it ends as if it were whole");
    }
    let rows = logged(broker, &bearer).await;
    let outcomes: Vec<_> = rows.iter().map(|row| (&row["detail"]["outcome"], &row["detail"]["rows"])).collect();
    assert_eq!((outcomes.len(), outcomes[0]), (4, (&json!("failed"), &json!(250))));
}

#[actix_web::test]
async fn who_exports_gives_second_factor_and_reason_and_gets_no_more_than_the_list() {
    let (audited, bearer) = serving().await;
    let broker = &audited.broker;
    let unproven = broker.sign_in_to_console(&broker.administrator).await;
    for path in ["sessions/export?format=csv", "audit/export?format=csv"] {
        let (status, answer) = broker.answer(export(broker, path, &unproven)).await;
        assert_eq!((status, &answer["code"]), (403, &json!("step_up_needed")), "{path}");
        let bare = broker.build(broker.administration(), Method::GET, path, Some(&bearer), None);
        let (status, answer) = broker.answer(bare).await;
        assert_eq!((status, &answer["code"]), (422, &json!("reason_needed")), "{path}");
    }
    for (path, code) in [
        ("sessions/export", "message_malformed"),
        ("sessions/export?format=xml", "message_malformed"),
        ("sessions/export?format=csv&limit=1", "message_malformed"),
        ("sessions/export?format=csv&from=9007199254740992", "message_malformed"),
        ("audit/export?format=csv&before=-1", "message_malformed"),
        ("audit/export?format=csv&action=Not%20a%20word", "message_malformed"),
    ] {
        let (status, answer) = broker.answer(export(broker, path, &bearer)).await;
        assert_eq!((status, &answer["code"]), (400, &json!(code)), "{path}");
    }
    // A program with the scope gives a reason, too.
    let body = json!({ "name": "reports", "scopes": ["sessions:export"], "days": 1 });
    let (_, made) = broker.administer(Method::POST, "tokens", &bearer, Some(body)).await;
    let program = made["token"].as_str().unwrap();
    let path = "sessions/export?format=json";
    let bare = broker.build(broker.administration(), Method::GET, path, Some(program), None);
    assert_eq!(broker.answer(bare).await.1["code"], "reason_needed");
    let (status, rows) = broker.answer(export(broker, path, program)).await;
    assert_eq!((status, rows.as_array().unwrap().len()), (200, 2));
    // A supervisor without a group sees nobody's sessions.
    let (_, link) = invite(broker, &bearer, "Choi", "supervisor").await;
    let (_, codes) = set_up(broker, &link, PASSWORD).await;
    let (_, signed_in) = sign_in(broker, "Choi", PASSWORD, Some(&codes[0])).await;
    let supervisor = signed_in["token"].as_str().unwrap();
    let body = json!({ "second_factor": codes[1] });
    assert_eq!(broker.administer(Method::POST, "step-up", supervisor, Some(body)).await.0, 200);
    assert_eq!(broker.answer(export(broker, path, supervisor)).await, (200, json!([])));
}
