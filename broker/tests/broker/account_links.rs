//! The page behind a one-time account link: invitations, and whatever was lost.

use beside_broker::audit::{Action, Actor, Event};
use beside_broker::clock::Clock;
use beside_broker::http::account_link_for;
use beside_broker::storage::links::LinkPurpose;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Broker, codes_around_now};

/// Good by any rules.
pub(crate) const PASSWORD: &str = "Violet harbour 7 sings";
const HOUR: i64 = 3_600_000;

/// The token in a link.
pub(crate) fn token_of(link: &str) -> String {
    link.trim().split_once('#').unwrap().1.to_owned()
}

/// Takes a step of the page behind a link.
pub(crate) async fn step(broker: &Broker, step: &str, body: Value) -> (u16, Value) {
    let path = format!("account-link/{step}");
    broker.answer(broker.build(broker.public(), Method::POST, &path, None, Some(body))).await
}

/// Invites somebody: the account's id, and the token of the link.
pub(crate) async fn invite(broker: &Broker, administrator: &str, name: &str, role: &str) -> (String, String) {
    let body = json!({ "name": name, "role": role });
    let (status, invited) = broker.administer(Method::POST, "accounts", administrator, Some(body)).await;
    assert_eq!(status, 201, "{invited}");
    (invited["id"].as_str().unwrap().to_owned(), token_of(invited["link"].as_str().unwrap()))
}

/// Makes a link for somebody who lost a password, or that and the second factor.
async fn lost(broker: &Broker, administrator: &str, id: &str, second_factor: bool) -> String {
    let body = json!({ "second_factor": second_factor });
    let path = format!("accounts/{id}/link");
    let (status, made) = broker.administer(Method::POST, &path, administrator, Some(body)).await;
    assert_eq!(status, 201, "{made}");
    token_of(made["link"].as_str().unwrap())
}

/// Sets up an account through its link, with a second factor: its secret and its recovery codes.
pub(crate) async fn set_up(broker: &Broker, token: &str, password: &str) -> (String, Vec<String>) {
    let (status, opened) = step(broker, "open", json!({ "token": token })).await;
    assert_eq!(status, 200, "{opened}");
    let secret = opened["totp"]["secret"].as_str().unwrap().to_owned();
    let code = &codes_around_now(&secret)[0];
    let chosen = json!({ "token": token, "password": password, "second_factor": code });
    let (status, finished) = step(broker, "finish", chosen).await;
    assert_eq!(status, 200, "{finished}");
    let codes = finished["recovery_codes"].as_array().unwrap();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

/// Tries to sign in where administrators, supervisors and auditors do.
pub(crate) async fn sign_in(broker: &Broker, name: &str, password: &str, code: Option<&str>) -> (u16, Value) {
    let body = json!({ "name": name, "password": password, "second_factor": code });
    broker.answer(broker.build(broker.administration(), Method::POST, "sign-in", None, Some(body))).await
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[actix_web::test]
async fn an_invited_administrator_sets_up_password_and_second_factor_and_signs_in() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (id, token) = invite(&broker, &administrator, "Sora", "administrator").await;
    let account = format!("accounts/{id}");
    assert_eq!(broker.administer(Method::GET, &account, &administrator, None).await.1["state"], "invited");
    let (status, opened) = step(&broker, "open", json!({ "token": token })).await;
    assert_eq!(status, 200, "{opened}");
    assert_eq!(
        (&opened["name"], &opened["role"], &opened["purpose"], &opened["second_factor"]),
        (&json!("Sora"), &json!("administrator"), &json!("invitation"), &json!("needed"))
    );
    assert_eq!(opened["rules"], json!({ "minimum_length": 12, "mixed": false }));
    let life = opened["life_seconds"].as_i64().unwrap();
    assert!((72 * 3_600 - 60..=72 * 3_600).contains(&life), "{life}");
    let judged = step(&broker, "judge", json!({ "token": token, "password": "sora" })).await;
    assert_eq!(judged, (200, json!({ "accepted": false, "reasons": ["too_short", "name_inside", "guessable"] })));
    let judged = step(&broker, "judge", json!({ "token": token, "password": PASSWORD })).await;
    assert_eq!(judged, (200, json!({ "accepted": true, "reasons": [] })));

    let finish = async |second_factor: Option<&str>| {
        let chosen = json!({ "token": token, "password": PASSWORD, "second_factor": second_factor });
        step(&broker, "finish", chosen).await
    };
    assert_eq!(code(&finish(None).await), (401, "second_factor_refused"), "an administrator needs one");
    assert_eq!(code(&finish(Some("000 00x")).await), (401, "second_factor_refused"));
    assert_eq!(code(&sign_in(&broker, "Sora", PASSWORD, None).await), (401, "sign_in_refused"), "nothing was set yet");
    let [first, second] = codes_around_now(opened["totp"]["secret"].as_str().unwrap());
    let (status, finished) = finish(Some(&first)).await;
    assert_eq!((status, finished["recovery_codes"].as_array().unwrap().len()), (200, 10), "{finished}");
    for used in ["open", "judge", "finish"] {
        let body = match used {
            "open" => json!({ "token": token }),
            "judge" => json!({ "token": token, "password": PASSWORD }),
            _ => json!({ "token": token, "password": PASSWORD, "second_factor": second }),
        };
        assert_eq!(code(&step(&broker, used, body).await), (404, "link_invalid"), "{used}");
    }

    assert_eq!(code(&sign_in(&broker, "Sora", PASSWORD, Some(&first)).await), (401, "second_factor_refused"));
    let (status, signed_in) = sign_in(&broker, "Sora", PASSWORD, Some(&second)).await;
    assert_eq!((status, &signed_in["id"]), (200, &json!(id)), "{signed_in}");
    let read = broker.administer(Method::GET, &account, &administrator, None).await.1;
    assert_eq!((&read["state"], &read["second_factor"]), (&json!("active"), &json!(true)));
    let done: Vec<_> = broker.audited(&administrator, "account.").await;
    let done: Vec<_> = done.iter().filter(|row| row["about"] == id.as_str()).map(|row| &row["action"]).collect();
    let expected = ["second_factor_set", "password_changed", "link_used", "link_made", "created"];
    assert_eq!(done, expected.map(|action| json!(format!("account.{action}"))).each_ref());
}

#[actix_web::test]
async fn a_newer_link_voids_the_older_and_the_end_of_the_account_both() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (id, first) = invite(&broker, &administrator, "Sora", "operator").await;
    let second = lost(&broker, &administrator, &id, false).await;
    assert_eq!(code(&step(&broker, "open", json!({ "token": first })).await), (404, "link_invalid"));
    let (status, opened) = step(&broker, "open", json!({ "token": second })).await;
    assert_eq!((status, &opened["purpose"]), (200, &json!("invitation")), "an invitation that was not used stays one");
    let path = format!("accounts/{id}/end");
    assert_eq!(broker.administer(Method::POST, &path, &administrator, None).await.0, 204);
    assert_eq!(code(&step(&broker, "open", json!({ "token": second })).await), (404, "link_invalid"));
    let path = format!("accounts/{id}/link");
    let body = Some(json!({ "second_factor": false }));
    assert_eq!(code(&broker.administer(Method::POST, &path, &administrator, body).await), (409, "conflict"));
}

#[actix_web::test]
async fn a_link_ends_with_its_time() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let storage = broker.storage().await;
    let now = Clock::start().now().unix_ms;
    for (purpose, life) in
        [(LinkPurpose::Invitation, 72 * HOUR), (LinkPurpose::LostPassword, HOUR), (LinkPurpose::LostEverything, HOUR)]
    {
        for (age, good) in [(life - HOUR / 60, true), (life, false)] {
            let event = Event::new(Action::AccountLinkMade, Actor::CommandLine, now - age);
            let mut writing = storage.writing().await.unwrap();
            let id = kim.id.parse().unwrap();
            let link = account_link_for("https://here", &mut writing, &id, "Kim", purpose, event).await.unwrap();
            writing.commit().await.unwrap();
            let (status, answer) = step(&broker, "open", json!({ "token": token_of(&link.link) })).await;
            assert_eq!(status, if good { 200 } else { 404 }, "{purpose:?} after {age} ms: {answer}");
        }
    }
}

#[actix_web::test]
async fn a_lost_password_keeps_the_second_factor() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (id, token) = invite(&broker, &administrator, "Sora", "auditor").await;
    let (secret, recovery) = set_up(&broker, &token, PASSWORD).await;
    let (_, signed_in) = sign_in(&broker, "Sora", PASSWORD, Some(&recovery[0])).await;
    let signed_in = signed_in["token"].as_str().unwrap();

    let token = lost(&broker, &administrator, &id, false).await;
    let (_, opened) = step(&broker, "open", json!({ "token": token })).await;
    assert_eq!(
        (&opened["purpose"], &opened["second_factor"], &opened["totp"]),
        (&json!("lost_password"), &json!("kept"), &Value::Null)
    );
    let new = "Copper lantern 9 drifts";
    let finish = async |second_factor: Option<&str>| {
        step(&broker, "finish", json!({ "token": token, "password": new, "second_factor": second_factor })).await
    };
    for wrong in [None, Some("000 00x"), Some(recovery[0].as_str())] {
        assert_eq!(code(&finish(wrong).await), (401, "second_factor_refused"), "{wrong:?}");
    }
    let delayed = finish(Some(&recovery[1])).await;
    assert_eq!(code(&delayed), (429, "too_many_tries"), "guessing the second factor is no faster here");
    let own = broker.administer(Method::GET, "own", signed_in, None).await;
    assert_eq!(own.0, 200, "until the link is used nothing has happened");

    // Another account has tries of its own.
    let (id, token) = invite(&broker, &administrator, "Kim", "auditor").await;
    let (kims_secret, kims_recovery) = set_up(&broker, &token, PASSWORD).await;
    assert_ne!(secret, kims_secret);
    let (_, signed_in) = sign_in(&broker, "Kim", PASSWORD, Some(&kims_recovery[0])).await;
    let token = lost(&broker, &administrator, &id, false).await;
    let chosen = json!({ "token": token, "password": new, "second_factor": kims_recovery[1] });
    assert_eq!(step(&broker, "finish", chosen).await, (200, json!({ "recovery_codes": [] })));
    let own = broker.administer(Method::GET, "own", signed_in["token"].as_str().unwrap(), None).await;
    assert_eq!(code(&own), (401, "signed_out"), "whoever was signed in no longer is");
    assert_eq!(code(&sign_in(&broker, "Kim", PASSWORD, None).await), (401, "sign_in_refused"));
    let second = &codes_around_now(&kims_secret)[1];
    assert_eq!(sign_in(&broker, "Kim", new, Some(second)).await.0, 200);
}

#[actix_web::test]
async fn who_lost_everything_sets_up_a_new_second_factor() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (id, token) = invite(&broker, &administrator, "Sora", "supervisor").await;
    let (old, old_recovery) = set_up(&broker, &token, PASSWORD).await;
    let token = lost(&broker, &administrator, &id, true).await;
    let (_, opened) = step(&broker, "open", json!({ "token": token })).await;
    assert_eq!((&opened["purpose"], &opened["second_factor"]), (&json!("lost_everything"), &json!("needed")));
    let without = json!({ "token": token, "password": PASSWORD, "second_factor": null });
    assert_eq!(
        code(&step(&broker, "finish", without).await),
        (401, "second_factor_refused"),
        "what is lost stays good"
    );
    let new = "Copper lantern 9 drifts";
    let (secret, recovery) = set_up(&broker, &token, new).await;
    assert!(secret != old && !recovery.contains(&old_recovery[0]));
    for lost in [&codes_around_now(&old)[1], &old_recovery[0]] {
        assert_eq!(code(&sign_in(&broker, "Sora", new, Some(lost)).await), (401, "second_factor_refused"));
    }
    assert_eq!(sign_in(&broker, "Sora", new, Some(&recovery[0])).await.0, 200);
}

#[actix_web::test]
async fn the_command_line_makes_a_link_too() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let manager = broker.sign_in(&kim).await;
    let (done, link, stderr) = broker.command(&["user", "link", "KIM"]);
    assert!(done && link.starts_with("https://") && link.contains("/account#"), "{link}{stderr}");
    let token = token_of(&link);
    let chosen = json!({ "token": token, "password": PASSWORD, "second_factor": null });
    assert_eq!(step(&broker, "finish", chosen).await.0, 200);
    assert_eq!(broker.request(Method::GET, "own", Some(&manager), None).await.status(), 401);
    assert_eq!(broker.try_sign_in("Kim", &kim.password).await.0, 401);
    assert_eq!(broker.try_sign_in("Kim", PASSWORD).await.0, 200);
    let (done, _, stderr) = broker.command(&["user", "link", "Nobody"]);
    assert!(!done && stderr.contains("there is no account of this name"), "{stderr}");
    let administrator = broker.stepped_up().await;
    let path = format!("accounts/{}/end", kim.id);
    assert_eq!(broker.administer(Method::POST, &path, &administrator, None).await.0, 204);
    let (done, _, stderr) = broker.command(&["user", "link", "Kim"]);
    assert!(!done && stderr.contains("the account has ended"), "{stderr}");
    let made = broker.audited(&administrator, "account.link_made").await;
    assert_eq!(made.iter().map(|row| &row["via"]).collect::<Vec<_>>(), ["command_line"]);
}

#[actix_web::test]
async fn guessing_links_has_to_wait() {
    let broker = Broker::start();
    let guess = |number: u8| json!({ "token": beside_protocol::ids::Token([number; 32]).to_text() });
    for number in 1..=3 {
        assert_eq!(code(&step(&broker, "open", guess(number)).await), (404, "link_invalid"));
    }
    let (status, answer) = step(&broker, "open", guess(4)).await;
    assert_eq!((status, &answer["code"], &answer["retry_after"]), (429, &json!("too_many_tries"), &json!(1)));
}
