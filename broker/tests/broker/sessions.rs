//! Whole sessions, to the log's row.

use serde_json::json;

use crate::harness::{Broker, accepted, sid};

#[actix_web::test]
async fn knock_accept_relay_end_and_the_row_in_the_log() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(1)).await;
    for (kind, size) in [(0x03, 137), (0x05, 25), (0x20, 16_383), (0x20, 65_519)] {
        let bytes = [vec![kind], vec![kind; size]].concat();
        customer.frame(sid(1), &bytes).await;
        assert_eq!(operator.hear_frame().await, (sid(1), bytes.clone()));
        operator.frame(sid(1), &bytes).await;
        assert_eq!(customer.hear_frame().await, (sid(1), bytes));
    }
    customer.say(json!({ "type": "name", "sid": sid(1).to_text(), "text": "김민수" })).await;
    operator.hear_of("name").await;
    for event in [
        json!({ "kind": "verdict", "accepted": true }),
        json!({ "kind": "granted", "right": "view", "seconds": 1800 }),
        json!({ "kind": "path", "path": "relay" }),
        json!({ "kind": "path", "path": "direct_udp", "delay_ms": 3 }),
        json!({ "kind": "granted", "right": "control", "seconds": 900 }),
        json!({ "kind": "right_ended", "right": "control" }),
    ] {
        customer.event(sid(1), event.clone()).await;
        operator.event(sid(1), event).await;
    }
    operator.event(sid(1), json!({ "kind": "checked" })).await;
    operator.heard().await;
    customer.end(sid(1), "customer", "stopped").await;
    assert_eq!(operator.hear_of("end").await["end"], json!({ "by": "customer", "reason": "stopped" }));
    operator.end(sid(1), "customer", "stopped").await;
    operator.heard().await;

    let log = broker.log();
    let row = &log["sessions"][0];
    assert_eq!(row["sid"], sid(1).to_text());
    assert_eq!(row["operator"], json!({ "id": kim.id, "name": "Kim" }));
    assert_eq!(row["customer_name"], "김민수");
    assert_eq!((&row["customer_address"], &row["operator_address"]), (&json!("127.0.0.1"), &json!("127.0.0.1")));
    assert_eq!(row["paths"], json!(["relay", "direct_udp"]));
    assert_eq!(row["granted"], json!(["view", "control"]));
    assert_eq!(row["end"], json!({ "by": "customer", "reason": "stopped" }));
    assert_eq!(row["differs"], false);
    let times: Vec<i64> = ["knocked_at", "accepted_at", "verdict_at", "checked_at", "ended_at"]
        .map(|key| row[key].as_i64().unwrap())
        .into();
    assert!(times.is_sorted(), "{times:?}");
    let ends: Vec<_> = row["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "end").collect();
    assert_eq!(ends.len(), 2, "both reports are kept");
    assert_eq!(log["sign_ins"][0]["account"]["name"], "Kim");

    let (_, table, _) = broker.command(&["log"]);
    for part in ["Kim", "김민수", "relay > direct_udp", "view, control", "stopped by customer"] {
        assert!(table.contains(part), "{part} is missing in\n{table}");
    }
}

#[actix_web::test]
async fn nothing_is_relayed_before_accept_to_strangers_or_after_the_end() {
    let broker = Broker::start();
    let (kim, lee) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    let (mut operator, code) = broker.operator_with_code(&kim).await;
    let mut early = broker.customer().await;
    early.knock(&code, sid(1)).await;
    early.hear_of("waiting").await;
    early.frame(sid(1), &[0x03; 138]).await;
    assert_eq!(early.closed().await, (1008, "message_unexpected".into()));
    assert_eq!(operator.hear_of("end").await["end"]["reason"], "misbehaved");

    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(2)).await;
    let (mut other, _) = broker.operator_with_code(&lee).await;
    other.frame(sid(2), b"\x20stranger").await;
    assert_eq!(other.closed().await, (1008, "message_unexpected".into()));
    let mut stranger = broker.customer().await;
    stranger.frame(sid(2), b"\x20stranger").await;
    assert_eq!(stranger.closed().await, (1008, "message_unexpected".into()));
    operator.frame(sid(2), b"\x20real").await;
    assert_eq!(customer.hear_frame().await, (sid(2), b"\x20real".to_vec()), "and nothing before it");

    operator.end(sid(2), "operator", "finished").await;
    customer.hear_of("end").await;
    customer.frame(sid(2), b"\x20late").await;
    customer.say(json!({ "type": "name", "sid": sid(2).to_text(), "text": "late" })).await;
    customer.say_text("out").await;
    assert_eq!(customer.closed().await.1, "message_malformed", "what is late is swallowed, what is wrong is not");
}
