//! Accounts: their names, their roles, and their end, which is the end of everything that they had.

use beside_broker::audit::{Action, Actor, Event};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::account_links::{PASSWORD, sign_in};
use crate::harness::{Account, Broker, accepted, sid};

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

async fn end(broker: &Broker, administrator: &str, id: &str) -> (u16, Value) {
    broker.administer(Method::POST, &format!("accounts/{id}/end"), administrator, None).await
}

#[actix_web::test]
async fn the_end_of_an_account_is_the_end_of_all_that_it_had() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let kim = broker.add_operator("Kim");
    let token = broker.sign_in(&kim).await;
    let mut operator = broker.operator(&token).await;
    let mut running = broker.customer().await;
    running.knock(&operator.code().await, sid(1)).await;
    operator.hear_of("knock").await;
    operator.accept(sid(1)).await;
    running.hear_of("accepted").await;
    running.event(sid(1), json!({ "kind": "verdict", "accepted": true })).await;
    running.heard().await;
    let mut waiting = broker.customer().await;
    waiting.knock(&operator.code().await, sid(2)).await;
    waiting.hear_of("waiting").await;
    let live = operator.code().await;

    assert_eq!(end(&broker, &administrator, &kim.id).await, (204, Value::Null));
    for (number, customer) in [(1, &mut running), (2, &mut waiting)] {
        let told = customer.hear_of("end").await;
        assert_eq!((&told["sid"], &told["end"]["reason"]), (&json!(sid(number).to_text()), &json!("signed_out")));
    }
    assert_eq!(operator.hear_of("signed_out").await["error"], "signed_out");
    assert_eq!(operator.closed().await.0, 1000);
    let own = broker.build(broker.public(), Method::GET, "own", Some(&token), None);
    assert_eq!(code(&broker.answer(own).await), (401, "signed_out"));
    let bearer = format!("Bearer {token}");
    assert_eq!(broker.try_socket("operator", &[("authorization", &bearer)]).await.err(), Some(401));
    let mut late = broker.customer().await;
    late.knock(&live, sid(3)).await;
    assert_eq!(late.hear().await["error"], "code_refused");
    assert_eq!(code(&broker.try_sign_in("Kim", &kim.password).await), (401, "sign_in_refused"));

    let path = format!("accounts/{}", kim.id);
    let (_, account) = broker.administer(Method::GET, &path, &administrator, None).await;
    assert!(account["state"] == "ended" && account["ended_at"].is_i64(), "{account}");
    for (method, path, body) in [
        (Method::POST, format!("{path}/end"), None),
        (Method::PATCH, path.clone(), Some(json!({ "name": "Kim again" }))),
        (Method::POST, format!("{path}/link"), Some(json!({ "second_factor": true }))),
        (Method::PUT, format!("{path}/hours"), Some(json!({ "hours": null }))),
    ] {
        let refused = broker.administer(method, &path, &administrator, body).await;
        assert_eq!(code(&refused), (409, "conflict"), "{path}");
    }
    let ended = &broker.audited(&administrator, "account.ended").await[0];
    assert_eq!((&ended["about"], &ended["personal"]["reason"]), (&json!(kim.id), &json!("because of a test")));
    for session in broker.log()["sessions"].as_array().unwrap() {
        assert_eq!(session["end"], json!({ "by": "broker", "reason": "signed_out" }), "{session}");
    }
}

#[actix_web::test]
async fn a_restart_does_not_bring_an_ended_account_back() {
    let mut broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let lee = broker.add_operator("Lee");
    let (kims, lees) = (broker.sign_in(&kim).await, broker.sign_in(&lee).await);
    // As if the broker had stopped between the change and what follows from it.
    let storage = broker.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let event = beside_broker::audit::Event::new(
        beside_broker::audit::Action::AccountEnded,
        beside_broker::audit::Actor::CommandLine,
        beside_broker::clock::Clock::start().now().unix_ms,
    );
    writing.end_account(&kim.id.parse().unwrap(), event).await.unwrap();
    writing.commit().await.unwrap();
    broker.restart();
    assert_eq!(broker.request(Method::GET, "own", Some(&lees), None).await.status(), 200);
    assert_eq!(broker.request(Method::GET, "own", Some(&kims), None).await.status(), 401);
}

#[actix_web::test]
async fn an_account_that_another_process_ended_is_let_go_of() {
    let broker = Broker::start();
    let operator = broker.add_operator("Kim Minji");
    let mut socket = broker.operator(&broker.sign_in(&operator).await).await;
    socket.code().await;
    let storage = broker.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let now = beside_broker::clock::Clock::start().now().unix_ms;
    let event = Event::new(Action::AccountEnded, Actor::CommandLine, now);
    writing.end_account(&operator.id.parse().unwrap(), event).await.unwrap();
    writing.commit().await.unwrap();
    storage.close().await.unwrap();
    assert_eq!(socket.hear_of("signed_out").await["error"], "signed_out");
}

#[actix_web::test]
async fn whoever_is_just_signing_in_or_choosing_a_password_ends_too() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (kim, lee) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    let lees = broker.sign_in(&lee).await;
    // Two passwords are compared at a time: what is asked for now waits behind these, long enough to be overtaken.
    let strangers = join_all((0..24).map(|number| {
        let broker = &broker;
        async move { broker.try_sign_in(&format!("stranger {number}"), "wrong").await.0 }
    }));
    let signing_in = broker.try_sign_in("Kim", &kim.password);
    let choosing = async {
        let body = Some(json!({ "old": lee.password, "new": PASSWORD }));
        broker.request(Method::POST, "own/password", Some(&lees), body).await.status().as_u16()
    };
    let ending = async {
        for account in [&kim, &lee] {
            assert_eq!(end(&broker, &administrator, &account.id).await.0, 204);
        }
    };
    let (strangers, signed_in, chosen, ()) = tokio::join!(strangers, signing_in, choosing, ending);
    assert!(strangers.iter().all(|status| *status == 401));
    assert_eq!(code(&signed_in), (401, "sign_in_refused"));
    assert_eq!(chosen, 401);
    for (account, password) in [(&kim, kim.password.as_str()), (&lee, &lee.password), (&lee, PASSWORD)] {
        let path = format!("accounts/{}", account.id);
        assert_eq!(broker.administer(Method::GET, &path, &administrator, None).await.1["state"], "ended");
        assert_eq!(broker.try_sign_in(&account.name, password).await.0, 401);
    }
}

#[actix_web::test]
async fn another_role_signs_out_and_another_name_does_not() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let kim = broker.add_operator("Kim");
    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(1)).await;
    let path = format!("accounts/{}", kim.id);
    let change = async |body: Value| broker.administer(Method::PATCH, &path, &administrator, Some(body)).await;
    assert_eq!(change(json!({ "name": "Kim Minsu" })).await.1["name"], "Kim Minsu");
    operator.heard().await;
    assert_eq!(code(&broker.try_sign_in("Kim", &kim.password).await), (401, "sign_in_refused"));
    assert_eq!(change(json!({ "role": "auditor" })).await.1["role"], "auditor");
    assert_eq!(operator.hear_of("signed_out").await["error"], "signed_out");
    assert_eq!(customer.hear_of("end").await["end"]["reason"], "signed_out");
    assert_eq!(code(&broker.try_sign_in("Kim Minsu", &kim.password).await), (403, "not_an_operator"));
    assert_eq!(sign_in(&broker, "Kim Minsu", &kim.password, None).await.1["role"], "auditor");
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let broker = Broker::start();
    let first = broker.stepped_up().await;
    let id = &broker.administrator.id;
    let demotion = json!({ "role": "auditor" });
    let path = format!("accounts/{id}");
    assert_eq!(code(&end(&broker, &first, id).await), (409, "would_lock_out"));
    let demoted = broker.administer(Method::PATCH, &path, &first, Some(demotion.clone())).await;
    assert_eq!(code(&demoted), (409, "would_lock_out"));
    // One who was only invited can't sign in, and doesn't count.
    let invitation = Some(json!({ "name": "Sora", "role": "administrator" }));
    assert_eq!(broker.administer(Method::POST, "accounts", &first, invitation).await.0, 201);
    assert_eq!(code(&end(&broker, &first, id).await), (409, "would_lock_out"));

    let other = broker.add("administrator", "Other");
    let second = stepped_up(&broker, &other).await;
    // Each takes the other at the same time.
    let taken = tokio::join!(end(&broker, &first, &other.id), end(&broker, &second, id));
    let mut taken = [taken.0.0, taken.1.0];
    taken.sort_unstable();
    assert!(matches!(taken, [204, 401 | 409]), "{taken:?}");
    assert_eq!(broker.storage().await.active_administrators().await.unwrap(), 1);
}

/// An administrator who has just given the second factor again.
async fn stepped_up(broker: &Broker, account: &Account) -> String {
    let token = broker.sign_in_to_console(account).await;
    let body = json!({ "second_factor": account.code() });
    assert_eq!(broker.administer(Method::POST, "step-up", &token, Some(body)).await.0, 200);
    token
}

#[actix_web::test]
async fn a_name_with_markup_stays_text_and_is_taken_once() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let name = "<img src=x onerror=alert(1)>&\"김\"";
    let invite = async |name: &str| {
        let body = Some(json!({ "name": name, "role": "operator" }));
        broker.administer(Method::POST, "accounts", &administrator, body).await
    };
    let (status, invited) = invite(name).await;
    assert_eq!(status, 201, "{invited}");
    let request = broker.build(broker.administration(), Method::GET, "accounts", Some(&administrator), None);
    let answer = broker.send(request).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let listed: Value = answer.json().await.unwrap();
    assert!(listed["items"].as_array().unwrap().iter().any(|account| account["name"] == name), "{listed}");
    assert_eq!(code(&invite(&name.to_uppercase()).await), (409, "exists"));
    for trick in ["", "   ", "a\u{202e}b", "a\nb", "a\0b", &"x".repeat(65)] {
        assert_eq!(code(&invite(trick).await), (400, "message_malformed"), "{trick:?}");
    }
}
