//! Malformed, oversized, out-of-order and unexpected: on each socket one clear end.

use futures_util::SinkExt as _;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::harness::{Broker, Peer, m1, sid};

/// What is wrong on either socket, and the reason that the close frame gives.
fn wrong() -> Vec<(Message, &'static str)> {
    let text = |text: &str| Message::text(text.to_owned());
    let piece = |data, last| Message::Frame(Frame::message(vec![b'x'; 10], OpCode::Data(data), last));
    vec![
        (text("{"), "message_malformed"),
        (text("[]"), "message_malformed"),
        (text(r#"{"type":"become_operator"}"#), "message_malformed"),
        (text(&format!(r#"{{"type":"{}"}}"#, "x".repeat(60_000))), "message_malformed"),
        (text(&"x".repeat(70_000)), "message_too_large"),
        (Message::binary(vec![0; 16]), "message_malformed"),
        (Message::binary(vec![0; 17]), "message_unexpected"),
        (Message::binary(vec![0; 65_537]), "message_too_large"),
        (piece(Data::Continue, true), "message_malformed"),
        (Message::Frame(Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true)), "message_malformed"),
    ]
}

async fn closes(mut peer: Peer, message: Message, reason: &str) {
    // An oversized message may be refused before it has been sent whole.
    let _ = peer.0.send(message).await;
    assert_eq!(peer.closed().await, (1008, reason.to_owned()));
}

#[actix_web::test]
async fn on_the_customers_socket() {
    let broker = Broker::start();
    for (message, reason) in wrong() {
        closes(broker.customer().await, message, reason).await;
    }
    for (message, reason) in [
        (json!({ "type": "knock", "code": "12345", "m1": m1(sid(1)) }), "message_malformed"),
        (json!({ "type": "knock", "code": "123456", "m1": "AQEB" }), "message_malformed"),
        (json!({ "type": "knock", "code": "123456", "m1": m1(sid(1)), "admin": true }), "message_malformed"),
        (json!({ "type": "name", "sid": sid(1).to_text(), "text": "early" }), "message_unexpected"),
        (json!({ "type": "event", "sid": sid(1).to_text(), "event": { "kind": "checked" } }), "message_unexpected"),
        (
            json!({ "type": "end", "sid": sid(1).to_text(), "end": { "by": "customer", "reason": "stopped" } }),
            "message_unexpected",
        ),
        (json!({ "type": "new_code" }), "message_malformed"),
    ] {
        closes(broker.customer().await, Message::text(message.to_string()), reason).await;
    }
}

#[actix_web::test]
async fn on_the_operators_socket() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let token = broker.sign_in(&kim).await;
    for (message, reason) in wrong() {
        closes(broker.operator(&token).await, message, reason).await;
    }
    for message in [
        json!({ "type": "knock", "code": "123456", "m1": m1(sid(1)) }),
        json!({ "type": "accept", "sid": sid(1).to_text(), "m2": "AgAA" }),
        json!({ "type": "event", "sid": sid(1).to_text(), "event": { "kind": "path", "path": "teleport" } }),
    ] {
        closes(broker.operator(&token).await, Message::text(message.to_string()), "message_malformed").await;
    }
    // The sign-in survives; only the socket was closed.
    broker.operator(&token).await.code().await;
}

#[actix_web::test]
async fn a_message_in_pieces_is_one_message() {
    let broker = Broker::start();
    let mut customer = broker.customer().await;
    let text = json!({ "type": "knock", "code": "123456", "m1": m1(sid(1)) }).to_string().into_bytes();
    let (first, rest) = text.split_at(20);
    let (second, third) = rest.split_at(20);
    for (bytes, data, last) in
        [(first, Data::Text, false), (second, Data::Continue, false), (third, Data::Continue, true)]
    {
        customer.0.send(Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(data), last))).await.unwrap();
    }
    assert_eq!(customer.hear().await["error"], "code_refused");
    let mut customer = broker.customer().await;
    customer.0.send(Message::Frame(Frame::message(vec![b'x'; 60_000], OpCode::Data(Data::Text), false))).await.unwrap();
    let _ =
        customer.0.send(Message::Frame(Frame::message(vec![b'x'; 60_000], OpCode::Data(Data::Continue), true))).await;
    assert_eq!(customer.closed().await, (1008, "message_too_large".to_owned()));
}

#[actix_web::test]
async fn web_pages_and_strangers_get_no_socket() {
    let broker = Broker::start();
    let token = broker.sign_in(&broker.add_operator("Kim")).await;
    let bearer = format!("Bearer {token}");
    for origin in ["https://evil.example", "null", "https://localhost"] {
        assert_eq!(broker.try_socket("customer", &[("origin", origin)]).await.err(), Some(403));
        let headers = [("origin", origin), ("authorization", bearer.as_str())];
        assert_eq!(broker.try_socket("operator", &headers).await.err(), Some(403));
    }
    assert_eq!(broker.try_socket("operator", &[]).await.err(), Some(401));
    assert_eq!(broker.try_socket("operator", &[("authorization", "Bearer nonsense")]).await.err(), Some(401));
    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let bearer = format!("Bearer {administrator}");
    assert_eq!(broker.try_socket("operator", &[("authorization", &bearer)]).await.err(), Some(403));
}

#[actix_web::test]
async fn the_program_log_holds_no_personal_data() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut customer, _operator, _) = crate::harness::accepted(&broker, &kim, sid(1)).await;
    customer.say(json!({ "type": "name", "sid": sid(1).to_text(), "text": "Ada Lovelace" })).await;
    broker.try_sign_in("Kim", "wrong").await;
    customer.say_text("wrong").await;
    customer.closed().await;
    let said = broker.stderr();
    assert!(said.contains("a socket misbehaved"), "{said}");
    for secret in ["Ada", "Kim", "\"127.0.0.1\"", kim.password.as_str()] {
        assert!(!said.contains(secret), "{secret} is in\n{said}");
    }
}
