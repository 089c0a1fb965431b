//! Codes and knocks.

use serde_json::json;

use crate::harness::{Broker, m1, sid};

#[actix_web::test]
async fn signing_in_twice_gives_two_codes_and_the_first_is_refused() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut old_manager, old) = broker.operator_with_code(&kim).await;
    let (_manager, new) = broker.operator_with_code(&kim).await;
    assert_ne!(old, new);
    assert_eq!(old_manager.hear().await, json!({ "type": "signed_out", "error": "signed_out" }));
    assert_eq!(old_manager.closed().await.0, 1000);
    let mut customer = broker.customer().await;
    customer.knock(&old, sid(1)).await;
    assert_eq!(customer.hear().await, json!({ "type": "refused", "error": "code_refused" }));
    assert_eq!(customer.closed().await.0, 1000);
    let mut customer = broker.customer().await;
    customer.knock(&new, sid(2)).await;
    assert_eq!(customer.hear().await["type"], "waiting");
}

#[actix_web::test]
async fn wrong_held_spent_and_killed_codes_have_the_same_answer() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut operator, spent) = broker.operator_with_code(&kim).await;
    let mut first = broker.customer().await;
    first.knock(&spent, sid(1)).await;
    let held = operator.code().await;
    operator.accept(sid(1)).await;
    first.hear_of("accepted").await;
    first.event(sid(1), json!({ "kind": "verdict", "accepted": true })).await;
    let mut second = broker.customer().await;
    second.knock(&held, sid(2)).await;
    let killed = operator.code().await;
    operator.say(json!({ "type": "new_code" })).await;
    let good = operator.code().await;
    let wrong = if [&spent, &held, &killed, &good].iter().any(|code| *code == "000000") { "000001" } else { "000000" };
    for (number, code) in [(3, spent.as_str()), (4, &held), (5, &killed), (6, wrong)] {
        let mut customer = broker.customer().await;
        customer.knock(code, sid(number)).await;
        assert_eq!(customer.hear().await, json!({ "type": "refused", "error": "code_refused" }));
    }
    // The fifth wrong one is the last; then even a good one has to wait.
    let mut customer = broker.customer().await;
    customer.knock(wrong, sid(7)).await;
    assert_eq!(customer.hear().await["error"], "code_refused");
    let mut customer = broker.customer().await;
    customer.knock(&good, sid(8)).await;
    assert_eq!(customer.hear().await["error"], "too_many_tries");
}

#[actix_web::test]
async fn a_knock_shows_where_it_comes_from_and_is_declined() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut operator, code) = broker.operator_with_code(&kim).await;
    let mut customer = broker.customer().await;
    customer.knock(&code, sid(1)).await;
    customer.hear_of("waiting").await;
    let knock = operator.hear_of("knock").await;
    assert_eq!(knock["address"], "127.0.0.1");
    assert_eq!(knock["code"], code);
    assert_eq!(knock["m1"], m1(sid(1)));
    assert_eq!(knock["attempt"], 1);
    assert!(knock["since_ms"].as_u64().unwrap() < 5_000);
    customer.say(json!({ "type": "name", "sid": sid(1).to_text(), "text": "<b>김민수</b>" })).await;
    assert_eq!(operator.hear_of("name").await["text"], "<b>김민수</b>");
    operator.say(json!({ "type": "decline", "sid": sid(1).to_text() })).await;
    assert_eq!(customer.hear().await["end"], json!({ "by": "operator", "reason": "declined" }));
    // The code is good still, on the same socket.
    customer.knock(&code, sid(2)).await;
    assert_eq!(customer.hear().await["type"], "waiting");
    let declined = &broker.log()["sessions"][1];
    assert_eq!(declined["end"], json!({ "by": "operator", "reason": "declined" }));
    assert_eq!(declined["customer_name"], "<b>김민수</b>");
    assert_eq!(declined["accepted_at"], json!(null));
}

#[actix_web::test]
async fn an_operator_who_is_away_lets_nobody_wait() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let (mut operator, code) = broker.operator_with_code(&kim).await;
    operator.say(json!({ "type": "away", "away": true })).await;
    operator.say(json!({ "type": "new_code" })).await;
    operator.hear_of("code_gone").await;
    operator.say(json!({ "type": "away", "away": false })).await;
    let second = operator.code().await;
    assert_ne!(code, second);
    operator.say(json!({ "type": "away", "away": true })).await;
    let mut customer = broker.customer().await;
    operator.heard().await;
    customer.knock(&second, sid(1)).await;
    let answer = customer.hear().await;
    assert_eq!(answer["end"], json!({ "by": "operator", "reason": "away" }));
}
