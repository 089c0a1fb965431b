//! The second factor: each code works once, wrong ones have to wait, and who must have one can't do without.

use reqwest::Method;
use serde_json::{Value, json};

use crate::account_links::{PASSWORD, invite, set_up, sign_in, step};
use crate::harness::{Broker, codes_around_now};

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[actix_web::test]
async fn each_code_works_once() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (_, token) = invite(&broker, &administrator, "Sora", "auditor").await;
    let (secret, recovery) = set_up(&broker, &token, PASSWORD).await;
    let [used, next] = codes_around_now(&secret);
    assert_eq!(code(&sign_in(&broker, "Sora", PASSWORD, Some(&used)).await), (401, "second_factor_refused"));
    let (status, signed_in) = sign_in(&broker, "Sora", PASSWORD, Some(&next)).await;
    assert_eq!(status, 200, "{signed_in}");
    let token = signed_in["token"].as_str().unwrap();
    assert_eq!(code(&sign_in(&broker, "Sora", PASSWORD, Some(&next)).await), (401, "second_factor_refused"));
    let left = async || broker.administer(Method::GET, "own", token, None).await.1["recovery_codes"].clone();
    assert_eq!(left().await, 10);
    assert_eq!(sign_in(&broker, "Sora", PASSWORD, Some(&recovery[3])).await.0, 200);
    assert_eq!(code(&sign_in(&broker, "Sora", PASSWORD, Some(&recovery[3])).await), (401, "second_factor_refused"));
    let as_typed = recovery[4].to_uppercase().replace('-', " ");
    assert_eq!(sign_in(&broker, "Sora", PASSWORD, Some(&as_typed)).await.0, 200);
    assert_eq!(left().await, 8);
    let outcomes: Vec<Value> =
        broker.log()["sign_ins"].as_array().unwrap().iter().take(4).map(|row| row["outcome"].clone()).collect();
    assert_eq!(outcomes, ["signed_in", "wrong_second_factor", "signed_in", "wrong_second_factor"]);
    assert_eq!(broker.audited(&administrator, "account.recovery_code_used").await.len(), 2);
}

#[actix_web::test]
async fn wrong_codes_have_to_wait_though_the_password_is_right() {
    let broker = Broker::start();
    let administrator = &broker.administrator;
    for _ in 0..3 {
        let refused = sign_in(&broker, &administrator.name, &administrator.password, Some("000 00x")).await;
        assert_eq!(code(&refused), (401, "second_factor_refused"));
    }
    let good = administrator.code();
    let delayed = sign_in(&broker, &administrator.name, &administrator.password, good.as_deref()).await;
    assert_eq!((code(&delayed), &delayed.1["retry_after"]), ((429, "too_many_tries"), &json!(1)));

    // Asking for the question is no failure, but it forgives nothing either.
    let broker = Broker::start();
    let administrator = &broker.administrator;
    for typed in [Some("000 00x"), None, Some("000 00x"), None, Some("000 00x")] {
        assert_eq!(sign_in(&broker, &administrator.name, &administrator.password, typed).await.0, 401);
    }
    let good = administrator.code();
    let delayed = sign_in(&broker, &administrator.name, &administrator.password, good.as_deref()).await;
    assert_eq!(code(&delayed), (429, "too_many_tries"));
}

#[actix_web::test]
async fn stepping_up_takes_a_fresh_code_and_lets_nobody_guess() {
    let broker = Broker::start();
    let administrator = &broker.administrator;
    let used = administrator.code().unwrap();
    let (_, signed_in) = sign_in(&broker, &administrator.name, &administrator.password, Some(&used)).await;
    let token = signed_in["token"].as_str().unwrap();
    let step_up = async |code: &str| {
        broker.administer(Method::POST, "step-up", token, Some(json!({ "second_factor": code }))).await
    };
    for wrong in [used.as_str(), "000 00x", ""] {
        assert_eq!(code(&step_up(wrong).await), (401, "second_factor_refused"));
    }
    assert_eq!(code(&step_up(&administrator.code().unwrap()).await), (429, "too_many_tries"));
    let refused = broker.administer(Method::POST, "accounts", token, Some(json!({}))).await;
    assert_eq!(code(&refused), (403, "step_up_needed"));
}

#[actix_web::test]
async fn a_promoted_administrator_needs_one_and_by_policy_everybody() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let sue = broker.add("supervisor", "Sue");
    assert_eq!(sign_in(&broker, "Sue", &sue.password, None).await.0, 200);
    let path = format!("accounts/{}", sue.id);
    let promoted = Some(json!({ "role": "administrator" }));
    assert_eq!(broker.administer(Method::PATCH, &path, &administrator, promoted).await.0, 200);
    assert_eq!(code(&sign_in(&broker, "Sue", &sue.password, None).await), (403, "second_factor_missing"));

    let kim = broker.add_operator("Kim");
    assert_eq!(broker.try_sign_in("Kim", &kim.password).await.0, 200);
    let policy = json!({ "policy": { "second_factor_for_all": true } });
    assert_eq!(broker.administer(Method::PUT, "policy", &administrator, Some(policy)).await.0, 200);
    assert_eq!(code(&broker.try_sign_in("Kim", &kim.password).await), (403, "second_factor_missing"));
    assert_eq!(broker.log()["sign_ins"][0]["outcome"], "second_factor_missing");

    let (_, token) = invite(&broker, &administrator, "Lee", "operator").await;
    assert_eq!(step(&broker, "open", json!({ "token": token })).await.1["second_factor"], "needed");
    let without = json!({ "token": token, "password": PASSWORD, "second_factor": null });
    assert_eq!(code(&step(&broker, "finish", without).await), (401, "second_factor_refused"));
    let (_, recovery) = set_up(&broker, &token, PASSWORD).await;
    assert_eq!(code(&broker.try_sign_in("Lee", PASSWORD).await), (401, "second_factor_needed"));
    let body = json!({ "name": "Lee", "password": PASSWORD, "second_factor": recovery[0] });
    assert_eq!(broker.request(Method::POST, "sign-in", None, Some(body)).await.status(), 200);
}
