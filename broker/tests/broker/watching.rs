//! The sockets of consoles: what they are told, whom they are refused, and when they end.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::console::{Browser, ask, open};
use crate::harness::{Broker, Peer};

/// A socket whose sign-in has ended is closed within this.
const CLOSED_WITHIN: Duration = Duration::from_secs(2);
const HERE: [u8; 4] = [127, 0, 0, 1];

async fn ticket(broker: &Broker, browser: &Browser) -> String {
    let (status, said) = ask(broker, browser, Method::POST, "live/ticket", Some(json!({}))).await;
    assert_eq!(status, 201, "{said}");
    said["ticket"].as_str().unwrap().to_owned()
}

async fn try_watch(broker: &Broker, from: [u8; 4], ticket: &str, origin: Option<String>) -> Result<Peer, u16> {
    let path = format!("live/socket?ticket={ticket}");
    let headers: Vec<_> = origin.into_iter().map(|origin| ("origin", origin)).collect();
    broker.try_socket_at(broker.administration(), from, &path, &headers).await
}

fn origin(of: SocketAddr) -> Option<String> {
    Some(format!("https://{of}"))
}

async fn watch(broker: &Broker, browser: &Browser) -> Peer {
    let ticket = ticket(broker, browser).await;
    try_watch(broker, HERE, &ticket, origin(broker.administration())).await.unwrap()
}

/// How a socket is closed, which takes no longer than it may.
async fn closed(mut socket: Peer) -> (u16, String) {
    tokio::time::timeout(CLOSED_WITHIN, socket.closed()).await.expect("the socket stayed open")
}

/// A socket is closed, and nothing is said before.
async fn closed_without_a_word(mut socket: Peer) {
    let message = tokio::time::timeout(CLOSED_WITHIN, socket.0.next()).await.expect("the socket stayed open");
    assert!(matches!(message, Some(Ok(Message::Close(_)))), "{message:?}");
}

/// Who is there and how, by id.
fn states(live: &Value) -> Vec<(&str, &str)> {
    let operators = live["operators"].as_array().unwrap().iter();
    operators.map(|one| (one["operator"]["id"].as_str().unwrap(), one["state"].as_str().unwrap())).collect()
}

#[actix_web::test]
async fn what_goes_on_is_told_at_once_and_then_as_it_changes() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut operator, _) = broker.operator_with_code(&kim).await;
    let browser = open(&broker, &broker.administrator).await;
    let mut socket = watch(&broker, &browser).await;
    let first = socket.hear().await;
    let mut asked = ask(&broker, &browser, Method::GET, "live", None).await.1;
    asked["at"] = first["at"].clone();
    assert_eq!(first, asked);
    assert_eq!(states(&first), [(kim.id.as_str(), "free")]);
    let stranger = open(&broker, &broker.add("supervisor", "Choi")).await;
    let mut aside = watch(&broker, &stranger).await;
    assert_eq!(states(&aside.hear().await), []);
    let mut before = first["at"].as_i64().unwrap();
    for away in [true, false, true] {
        operator.say(json!({ "type": "away", "away": away })).await;
        operator.heard().await;
        let told = socket.hear().await;
        assert_eq!(states(&told), [(kim.id.as_str(), if away { "away" } else { "free" })]);
        let at = told["at"].as_i64().unwrap();
        // The wall clock, by which it is dated, may be a little slower than the one that it is paced by.
        assert!(at - before > 990, "{} ms after the one before", at - before);
        before = at;
    }
    drop(operator);
    let gone = socket.hear().await;
    assert_eq!(states(&gone), []);
    // Whoever sees nothing of it was told nothing all the while.
    assert_eq!(ask(&broker, &stranger, Method::POST, "sign-out", None).await.0, 204);
    closed_without_a_word(aside).await;
}

#[actix_web::test]
async fn only_the_console_opens_one_once_and_from_where_it_asked() {
    let broker = Broker::start();
    let browser = open(&broker, &broker.administrator).await;
    let own = || origin(broker.administration());
    let good = ticket(&broker, &browser).await;
    let refused = async |from, ticket: &str, origin| try_watch(&broker, from, ticket, origin).await.err();
    for foreign in [None, origin(broker.public()), Some("https://evil.example".to_owned()), Some("null".to_owned())] {
        assert_eq!(refused(HERE, &good, foreign).await, Some(403));
    }
    let mut socket = try_watch(&broker, HERE, &good, own()).await.unwrap();
    socket.hear().await;
    assert_eq!(refused(HERE, &good, own()).await, Some(403), "it was used");
    assert_eq!(refused([127, 0, 0, 2], &ticket(&broker, &browser).await, own()).await, Some(403));
    for never in ["", "x", &"A".repeat(43)] {
        assert_eq!(refused(HERE, never, own()).await, Some(403));
    }
    let headers = [("origin", own().unwrap()), ("sec-fetch-site", "cross-site".to_owned())];
    let path = format!("live/socket?ticket={}", ticket(&broker, &browser).await);
    assert_eq!(broker.try_socket_at(broker.administration(), HERE, &path, &headers).await.err(), Some(403));
    let path = format!("live/socket?ticket={}", ticket(&broker, &browser).await);
    let public = [("origin", origin(broker.public()).unwrap())];
    assert_eq!(broker.try_socket_at(broker.public(), HERE, &path, &public).await.err(), Some(404));
    assert_eq!(
        broker.try_socket_at(broker.administration(), HERE, "live/socket", &headers[..1]).await.err(),
        Some(400)
    );
}

#[actix_web::test]
async fn a_supervisor_is_told_of_the_groups_that_it_is_in_as_these_change() {
    let broker = Broker::start();
    let (kim, lee) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    let choi = broker.add("supervisor", "Choi");
    let administrator = broker.stepped_up().await;
    let (_, group) = broker.administer(Method::POST, "groups", &administrator, Some(json!({ "name": "Night" }))).await;
    let member = |id: &str| format!("groups/{}/members/{id}", group["id"].as_str().unwrap());
    let (_kim, _) = broker.operator_with_code(&kim).await;
    let (_lee, _) = broker.operator_with_code(&lee).await;
    let mut socket = watch(&broker, &open(&broker, &choi).await).await;
    assert_eq!(states(&socket.hear().await), []);
    for id in [&lee.id, &choi.id] {
        assert_eq!(broker.administer(Method::PUT, &member(id), &administrator, None).await.0, 204);
    }
    assert_eq!(states(&socket.hear().await), [(lee.id.as_str(), "free")]);
    assert_eq!(broker.administer(Method::DELETE, &member(&lee.id), &administrator, None).await.0, 204);
    assert_eq!(states(&socket.hear().await), []);
}

#[actix_web::test]
async fn it_ends_with_the_sign_in_the_address_and_the_broker() {
    let mut broker = Broker::start();
    let sora = broker.add("auditor", "Sora");
    let policy = |code: &str| (1008, code.to_owned());

    let browser = open(&broker, &sora).await;
    let socket = watch(&broker, &browser).await;
    assert_eq!(ask(&broker, &browser, Method::POST, "sign-out", None).await.0, 204);
    assert_eq!(closed(socket).await, policy("signed_out"));

    let browser = open(&broker, &sora).await;
    let socket = watch(&broker, &browser).await;
    let administrator = broker.stepped_up().await;
    let listed = Some(json!({ "range": "192.0.2.0/24" }));
    let path = format!("accounts/{}/addresses", sora.id);
    let (status, entry) = broker.administer(Method::POST, &path, &administrator, listed).await;
    assert_eq!(status, 201, "{entry}");
    assert_eq!(closed(socket).await, policy("address_refused"));
    let logged = broker.audited(&administrator, "access.refused").await;
    assert_eq!((&logged[0]["about"], &logged[0]["detail"]["route"]), (&json!(sora.id), &json!("socket")));
    let path = format!("{path}/{}", entry["id"].as_str().unwrap());
    assert_eq!(broker.administer(Method::DELETE, &path, &administrator, None).await.0, 204);

    // The sign-in is alive: only from there it was no good.
    let socket = watch(&broker, &browser).await;
    let path = format!("accounts/{}/end", sora.id);
    assert_eq!(broker.administer(Method::POST, &path, &administrator, None).await.0, 204);
    assert_eq!(closed(socket).await, policy("signed_out"));

    let browser = open(&broker, &broker.administrator).await;
    let (mut talks, mut long) = (watch(&broker, &browser).await, watch(&broker, &browser).await);
    talks.say_text("hello").await;
    assert_eq!(closed(talks).await, policy("message_unexpected"));
    long.say_text(&"x".repeat(126)).await;
    assert_eq!(closed(long).await, policy("message_too_large"));

    let socket = watch(&broker, &browser).await;
    let stopped = std::thread::spawn(move || {
        broker.stop();
        broker
    });
    assert_eq!(closed(socket).await.0, 1001);
    stopped.join().unwrap();
}
