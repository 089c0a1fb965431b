//! Lost sockets, slow readers, restarts.

use beside_protocol::ids::Token;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Broker, accepted, sid};

#[actix_web::test]
async fn a_customer_resumes_with_the_token_only() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (customer, mut operator, token) = accepted(&broker, &kim, sid(1)).await;
    drop(customer);
    assert_eq!(operator.hear_of("peer").await["present"], false);
    for (of, token) in [(sid(1), Token([7; 32]).to_text()), (sid(2), token.clone())] {
        let mut stranger = broker.customer().await;
        stranger.say(json!({ "type": "resume", "sid": of.to_text(), "token": token })).await;
        assert_eq!(stranger.hear().await, json!({ "type": "refused", "error": "not_found" }));
        stranger.closed().await;
    }
    let mut back = broker.customer().await;
    back.say(json!({ "type": "resume", "sid": sid(1).to_text(), "token": token })).await;
    assert_eq!(back.hear().await, json!({ "type": "resumed", "sid": sid(1).to_text() }));
    back.hear_of("accepted").await;
    assert_eq!(operator.hear_of("peer").await["present"], true);
    operator.frame(sid(1), b"\x20again").await;
    back.hear_of("peer").await;
    assert_eq!(back.hear_frame().await.1, b"\x20again");
}

#[actix_web::test]
async fn a_manager_that_reconnects_finds_its_code_its_knock_and_its_session() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let token = broker.sign_in(&kim).await;
    let mut operator = broker.operator(&token).await;
    let code = operator.code().await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(1)).await;
    customer.hear_of("waiting").await;
    let further = operator.code().await;
    drop(operator);
    let mut operator = broker.operator(&token).await;
    assert_eq!(operator.code().await, further);
    assert_eq!(operator.hear_of("knock").await["sid"], sid(1).to_text());
    operator.accept(sid(1)).await;
    customer.hear_of("accepted").await;
    drop(operator);
    assert_eq!(customer.hear_of("peer").await["present"], false);
    let mut operator = broker.operator(&token).await;
    assert_eq!(customer.hear_of("peer").await["present"], true);
    customer.frame(sid(1), b"\x20on").await;
    operator.hear_of("peer").await;
    assert_eq!(operator.hear_frame().await.1, b"\x20on");
}

#[actix_web::test]
async fn a_slow_reader_is_dropped_and_the_other_side_hears_of_it() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (customer, operator, _) = accepted(&broker, &kim, sid(1)).await;
    // The operator doesn't read; the customer sends until it is told so. The kernel's buffers take a few MiB first.
    let (mut write, mut read) = customer.0.split();
    let frame = beside_protocol::frame::encode(sid(1), &vec![0x20; 60_000]);
    let told = async {
        loop {
            if let Some(Ok(Message::Text(text))) = read.next().await
                && text.contains("\"peer\"")
            {
                return text.to_string();
            }
        }
    };
    let flood = async {
        for _ in 0..20_000 {
            write.send(Message::binary(frame.clone())).await.unwrap();
        }
        panic!("1.2 GB were taken for a reader that does not read");
    };
    let text = tokio::select! { text = told => text, () = flood => unreachable!() };
    assert!(text.contains("\"present\":false"), "{text}");
    drop(operator);
}

#[actix_web::test]
async fn after_a_restart_handshakes_are_lost() {
    let mut broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (_customer, _operator, token) = accepted(&broker, &kim, sid(1)).await;
    broker.restart();
    let row = &broker.log()["sessions"][0];
    assert_eq!(row["end"], json!({ "by": "broker", "reason": "lost" }));
    assert!(row["ended_at"].as_i64().unwrap() >= row["accepted_at"].as_i64().unwrap());
    let mut customer = broker.customer().await;
    customer.say(json!({ "type": "resume", "sid": sid(1).to_text(), "token": token })).await;
    assert_eq!(customer.hear().await, json!({ "type": "refused", "error": "not_found" }));
    let refused = broker.try_socket("operator", &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(refused.err(), Some(401));
    // A sid that the log has had is refused also by the broker's next life.
    let (_manager, code) = broker.operator_with_code(&kim).await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(1)).await;
    assert_eq!(customer.hear().await, json!({ "type": "refused", "error": "message_unexpected" }));
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(2)).await;
    assert_eq!(customer.hear().await["type"], "waiting", "and the code stays good");
}

#[actix_web::test]
async fn a_session_outlives_the_broker() {
    let mut broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let bearer = broker.sign_in(&kim).await;
    let mut operator = broker.operator(&bearer).await;
    let code = operator.code().await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(1)).await;
    let token = customer.hear_of("waiting").await["token"].as_str().unwrap().to_owned();
    operator.hear_of("knock").await;
    operator.accept(sid(1)).await;
    customer.hear_of("accepted").await;
    let granted = json!({ "kind": "granted", "right": "view", "seconds": 1800 });
    for peer in [&mut customer, &mut operator] {
        peer.event(sid(1), json!({ "kind": "verdict", "accepted": true })).await;
        peer.event(sid(1), granted.clone()).await;
        peer.heard().await;
    }

    broker.restart();
    assert_eq!(broker.log()["sessions"][0]["end"], json!(null));
    let mut operator = broker.operator(&bearer).await;
    assert_ne!(operator.code().await, code, "codes don't outlive it");
    let mut customer = broker.customer().await;
    customer.say(json!({ "type": "resume", "sid": sid(1).to_text(), "token": token })).await;
    assert_eq!(customer.hear().await, json!({ "type": "resumed", "sid": sid(1).to_text() }));
    operator.heard().await;
    customer.frame(sid(1), b"\x20on").await;
    assert_eq!(operator.hear_of_frame().await.1, b"\x20on");

    customer.end(sid(1), "customer", "stopped").await;
    operator.hear_of("end").await;
    operator.end(sid(1), "customer", "stopped").await;
    operator.heard().await;
    let row = &broker.log()["sessions"][0];
    assert_eq!((&row["end"], &row["differs"]), (&json!({ "by": "customer", "reason": "stopped" }), &json!(false)));

    // What has ended stays so.
    broker.restart();
    let mut customer = broker.customer().await;
    customer.say(json!({ "type": "resume", "sid": sid(1).to_text(), "token": token })).await;
    assert_eq!(customer.hear().await, json!({ "type": "refused", "error": "not_found" }));
    let signed_out = broker.request(reqwest::Method::POST, "sign-out", Some(&bearer), None).await;
    assert!(signed_out.status().is_success());
    broker.restart();
    let refused = broker.try_socket("operator", &[("authorization", &format!("Bearer {bearer}"))]).await;
    assert_eq!(refused.err(), Some(401));
}

#[cfg(unix)]
#[actix_web::test]
async fn a_stop_signal_closes_in_order() {
    let mut broker = Broker::start();
    let mut customer = broker.customer().await;
    let signalled = std::process::Command::new("kill").arg("-TERM").arg(broker.pid().to_string()).status().unwrap();
    assert!(signalled.success());
    assert_eq!(customer.closed().await.0, 1001);
    drop(customer);
    assert!(broker.ended());
}
