//! What is said of a session once it is over: the operator's note and the customer's rating.

use beside_protocol::ids::SessionId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Account, Broker, accepted, sid};

/// A session that the customer has stopped: its secret, and the operator's sign-in.
async fn over(broker: &Broker, operator: &Account, sid: SessionId) -> (String, String) {
    let (mut customer, mut at_desk, token) = accepted(broker, operator, sid).await;
    customer.event(sid, json!({ "kind": "verdict", "accepted": true })).await;
    customer.end(sid, "customer", "stopped").await;
    at_desk.hear_of("end").await;
    (token, broker.sign_in(operator).await)
}

async fn rate(broker: &Broker, sid: SessionId, token: &str, rating: Value) -> (u16, Value) {
    let body = json!({ "sid": sid.to_text(), "token": token, "rating": rating });
    broker.answer(broker.build(broker.public(), Method::POST, "rating", None, Some(body))).await
}

async fn note(broker: &Broker, bearer: &str, sid: SessionId, note: Value) -> (u16, Value) {
    let path = format!("own/sessions/{}/note", sid.to_text());
    broker.answer(broker.build(broker.public(), Method::PUT, &path, Some(bearer), Some(note))).await
}

async fn seen(broker: &Broker, bearer: &str, query: &str) -> Vec<Value> {
    let (status, page) = broker.administer(Method::GET, &format!("sessions{query}"), bearer, None).await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn what_operator_and_customer_say_stands_beside_the_session_and_in_the_log() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (token, bearer) = over(&broker, &kim, sid(1)).await;
    let said = json!({ "outcome": "call_back", "tags": [" 프린터 ", "VPN", "VPN"], "text": "드라이버를 다시 설치함" });
    assert_eq!(note(&broker, &bearer, sid(1), said).await.0, 204);
    assert_eq!(rate(&broker, sid(1), &token, json!({ "solved": true })).await.0, 204);
    assert_eq!(rate(&broker, sid(1), &token, json!({ "solved": true, "felt": "good" })).await.0, 204);

    let administrator = broker.stepped_up().await;
    let row = &seen(&broker, &administrator, "").await[0];
    assert_eq!(row["outcome"], "call_back");
    assert_eq!(row["tags"], json!(["프린터", "VPN"]));
    assert_eq!(row["note"], "드라이버를 다시 설치함");
    assert_eq!(row["rating"], json!({ "solved": true, "felt": "good" }));
    assert_eq!(broker.audited(&administrator, "session.noted").await.len(), 1);
    assert_eq!(broker.audited(&administrator, "session.rated").await.len(), 2);

    let corrected = json!({ "outcome": "solved", "tags": ["VPN"], "text": "" });
    assert_eq!(note(&broker, &bearer, sid(1), corrected).await.0, 204);
    let row = &seen(&broker, &administrator, "?tag=VPN&outcome=solved").await[0];
    assert_eq!((&row["note"], &row["tags"]), (&Value::Null, &json!(["VPN"])));
    assert!(seen(&broker, &administrator, "?tag=%ED%94%84%EB%A6%B0%ED%84%B0").await.is_empty());
    assert!(seen(&broker, &administrator, "?outcome=call_back").await.is_empty());

    let (status, tags) =
        broker.answer(broker.build(broker.public(), Method::GET, "own/tags", Some(&bearer), None)).await;
    assert_eq!((status, tags), (200, json!({ "tags": ["VPN"] })));
}

#[actix_web::test]
async fn only_who_was_there_may_say_something_of_it() {
    let broker = Broker::start();
    let (kim, lee) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    let (token, _) = over(&broker, &kim, sid(1)).await;
    let (others_token, lees) = over(&broker, &lee, sid(2)).await;
    let good = json!({ "felt": "good" });
    for (sid, token) in [(sid(1), &others_token), (sid(2), &token), (sid(3), &token)] {
        let (status, answer) = rate(&broker, sid, token, good.clone()).await;
        assert_eq!((status, &answer["code"]), (404, &json!("not_found")));
    }
    let (status, answer) = note(&broker, &lees, sid(1), json!({ "text": "not mine" })).await;
    assert_eq!((status, &answer["code"]), (404, &json!("not_found")));

    // An attempt that nobody let in is not rated.
    let (mut operator, code) = broker.operator_with_code(&lee).await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(5)).await;
    let declined = customer.hear_of("waiting").await["token"].as_str().unwrap().to_owned();
    operator.hear_of("knock").await;
    operator.say(json!({ "type": "decline", "sid": sid(5).to_text() })).await;
    customer.hear_of("end").await;
    assert_eq!(rate(&broker, sid(5), &declined, good).await.0, 404);
}

#[actix_web::test]
async fn what_does_not_fit_is_named_and_a_rating_is_not_changed_without_end() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (token, bearer) = over(&broker, &kim, sid(1)).await;
    let many: Vec<String> = (0..9).map(|number| number.to_string()).collect();
    for (said, reason) in [
        (json!({ "tags": many }), "tags"),
        (json!({ "tags": ["  "] }), "tag"),
        (json!({ "text": "x".repeat(2_001) }), "text"),
        (json!({ "text": "a\u{0}b" }), "text"),
    ] {
        let (status, answer) = note(&broker, &bearer, sid(1), said).await;
        assert_eq!((status, &answer["reasons"]), (400, &json!([reason])), "{answer}");
    }
    for said in [json!({ "outcome": "forgotten" }), json!({ "text": 1 }), json!({ "more": 1 })] {
        assert_eq!(note(&broker, &bearer, sid(1), said).await.0, 400);
    }
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) {
        assert!(statuses.len() < 20, "{statuses:?}");
        statuses.push(rate(&broker, sid(1), &token, json!({ "felt": "poor" })).await.0);
    }
    assert!(statuses.len() > 3, "a change of mind is no attack: {statuses:?}");
}

#[actix_web::test]
async fn the_house_offers_its_tags_first() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (_, bearer) = over(&broker, &kim, sid(1)).await;
    assert_eq!(note(&broker, &bearer, sid(1), json!({ "tags": ["own", "Printer"] })).await.0, 204);
    let administrator = broker.stepped_up().await;
    let (_, mut policy) = broker.administer(Method::GET, "policy", &administrator, None).await;
    policy["tags"] = json!(["Sign-in", "Printer"]);
    let (status, answer) =
        broker.administer(Method::PUT, "policy", &administrator, Some(json!({ "policy": policy }))).await;
    assert_eq!(status, 200, "{answer}");
    let (_, tags) = broker.answer(broker.build(broker.public(), Method::GET, "own/tags", Some(&bearer), None)).await;
    assert_eq!(tags, json!({ "tags": ["Sign-in", "Printer", "own"] }));
    policy["tags"] = json!([" blank before"]);
    let (status, answer) =
        broker.administer(Method::PUT, "policy", &administrator, Some(json!({ "policy": policy }))).await;
    assert_eq!((status, &answer["reasons"]), (400, &json!(["tags"])));
}
