//! Which passwords are refused, and with which reasons.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::account_links::{PASSWORD, invite, step};
use crate::harness::Broker;
use crate::openapi::document;

const BREACHED: &str = "quiet umbrella 4 teaspoons";

/// A password, and one of the reasons that must be given against it. The account is `Minsu Kim`'s, of `Hangang Bank`.
const REFUSED: &[(&str, &str)] = &[
    ("x7#Qp", "too_short"),
    ("correct zebra lamps drown", "not_mixed"),
    (BREACHED, "breached"),
    ("password1234", "common"),
    ("Minsu-tk4vR9bz", "name_inside"),
    ("HANGANG 12345", "organisation_inside"),
    ("beside beside", "organisation_inside"),
    ("abcdefghijklmno", "sequence"),
    ("aaaaaaaaaaaaaaaa", "repeated"),
    ("qwertyuiop[]\\", "keyboard_pattern"),
    ("1987-06-05", "date"),
    ("chrysanthemum", "guessable"),
];

#[actix_web::test]
async fn each_password_is_refused_with_its_reasons() {
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&list, format!("{}:7\r\n", hex::encode_upper(Sha1::digest(BREACHED)))).unwrap();
    let broker = Broker::start_with(&format!(
        "organisation = {{ name = \"Hangang Bank\" }}\npasswords = {{ breached_list = {:?} }}\n",
        list.path()
    ));
    let administrator = broker.stepped_up().await;
    let rules = json!({ "policy": { "passwords": { "minimum_length": 8, "mixed": true } } });
    assert_eq!(broker.administer(Method::PUT, "policy", &administrator, Some(rules)).await.0, 200);
    let (_, token) = invite(&broker, &administrator, "Minsu Kim", "operator").await;
    let too_long = "ab1! ".repeat(52);
    let cases: Vec<_> = REFUSED.iter().copied().chain([(too_long.as_str(), "too_long")]).collect();
    for (password, reason) in &cases {
        let (status, judged) = step(&broker, "judge", json!({ "token": token, "password": password })).await;
        assert!(status == 200 && judged["accepted"] == false, "{password}: {judged}");
        assert!(names(&judged["reasons"]).contains(*reason), "{password}: {judged}");
        let chosen = json!({ "token": token, "password": password, "second_factor": null });
        let (status, refused) = step(&broker, "finish", chosen).await;
        assert_eq!((status, &refused["code"]), (422, &json!("password_refused")), "{password}");
        assert_eq!(refused["reasons"], judged["reasons"], "{password}");
    }
    let described = &document(&broker).await["components"]["schemas"]["PasswordFault"]["enum"];
    assert_eq!(cases.iter().map(|(_, reason)| (*reason).to_owned()).collect::<BTreeSet<_>>(), names(described));
    let chosen = json!({ "token": token, "password": PASSWORD, "second_factor": null });
    assert_eq!(step(&broker, "finish", chosen).await.0, 200);
}

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn ones_own_password_changes_with_the_old_one_only() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let token = broker.sign_in(&kim).await;
    let change = async |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new });
        broker.answer(broker.build(broker.public(), Method::POST, "own/password", Some(&token), Some(body))).await
    };
    let (status, refused) = change(&kim.password, "kim").await;
    assert_eq!((status, &refused["code"]), (422, &json!("password_refused")));
    assert_eq!(refused["reasons"], json!(["too_short", "name_inside", "guessable"]));
    for _ in 0..3 {
        let (status, refused) = change("wrong", PASSWORD).await;
        assert_eq!((status, &refused["code"]), (401, &json!("sign_in_refused")));
    }
    assert_eq!(change(&kim.password, PASSWORD).await.0, 429, "whoever sits at another's screen can't guess either");
    assert_eq!(broker.try_sign_in("Kim", &kim.password).await.0, 200);

    let lee = broker.add_operator("Lee");
    let token = broker.sign_in(&lee).await;
    let body = json!({ "old": lee.password, "new": PASSWORD });
    let changed = broker.request(Method::POST, "own/password", Some(&token), Some(body)).await;
    assert_eq!(changed.status(), 204);
    assert_eq!(broker.try_sign_in("Lee", &lee.password).await.0, 401);
    assert_eq!(broker.try_sign_in("Lee", PASSWORD).await.0, 200);
}
