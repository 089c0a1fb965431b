//! One walk through what administrators do: invite, list addresses, look at the log.

use reqwest::Method;
use serde_json::json;

use crate::harness::Broker;

#[actix_web::test]
async fn an_invited_operator_signs_in_from_the_listed_address_only() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let administer = async |method, path: &str, body| broker.administer(method, path, &administrator, body).await;

    let invitation = json!({ "name": "Lee Jieun", "role": "operator" });
    let (status, invited) = administer(Method::POST, "accounts", Some(invitation)).await;
    assert_eq!(status, 201, "{invited}");
    let id = invited["id"].as_str().unwrap().to_owned();
    let token = invited["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();

    let public = async |path: &str, body| {
        let answer = broker.request(Method::POST, path, None, Some(body)).await;
        (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap())
    };
    let (status, opened) = public("account-link/open", json!({ "token": token })).await;
    assert_eq!((status, &opened["purpose"]), (200, &json!("invitation")), "{opened}");
    let password = "tq7-violet-harbour-sings";
    let chosen = json!({ "token": token, "password": "leejieun1234", "second_factor": null });
    let (status, refused) = public("account-link/finish", chosen).await;
    assert_eq!((status, &refused["code"]), (422, &json!("password_refused")), "{refused}");
    let chosen = json!({ "token": token, "password": password, "second_factor": null });
    assert_eq!(public("account-link/finish", chosen.clone()).await.0, 200);
    assert_eq!(public("account-link/finish", chosen).await.1["code"], "link_invalid", "a link works once");
    assert_eq!(broker.try_sign_in("Lee Jieun", password).await.0, 200);

    let listed = json!({ "range": "203.0.113.0/24", "comment": "the office" });
    let path = format!("accounts/{id}/addresses");
    assert_eq!(administer(Method::POST, &path, Some(listed)).await.0, 201);
    assert_eq!(broker.try_sign_in("Lee Jieun", password).await.1["code"], "address_refused");
    let here = json!({ "range": "127.0.0.1", "comment": "this machine" });
    let (_, entry) = administer(Method::POST, &path, Some(here)).await;
    let (_, signed_in) = broker.try_sign_in("Lee Jieun", password).await;
    let mut socket = broker.operator(signed_in["token"].as_str().unwrap()).await;
    socket.code().await;
    let path = format!("{path}/{}", entry["id"].as_str().unwrap());
    assert_eq!(administer(Method::DELETE, &path, None).await.0, 204);
    assert_eq!(socket.hear_of("signed_out").await["error"], "address_refused");

    let (_, log) = administer(Method::GET, "audit?action=address.", None).await;
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
    assert_eq!(actions, ["address.removed", "address.added", "address.added"], "{log}");
    let entry = &log["items"][0];
    assert_eq!(entry["account"]["name"], "administrator");
    assert_eq!((&entry["about_name"], &entry["personal"]["place"]), (&json!("Lee Jieun"), &json!("127.0.0.1")));
    assert_eq!(entry["personal"]["reason"], "because of a test");
}

#[actix_web::test]
async fn the_pages_and_the_metrics_are_there() {
    let broker = Broker::start_with("organisation = { security_contact = \"mailto:security@example.com\" }\n");
    let get = async |address, path: &str| {
        let url = broker.build(address, Method::GET, "", None, None).build().unwrap().url().join(path).unwrap();
        let answer = broker.get(url).await;
        (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
    };
    let (status, _, text) = get(broker.public(), "/.well-known/security.txt").await;
    assert!(status == 200 && text.contains("Contact: mailto:security@example.com\n"), "{text}");
    let (status, _, text) = get(broker.metrics, "/metrics").await;
    assert!(status == 200 && text.contains("beside_broker_certificate_days "), "{text}");
    assert_eq!(get(broker.metrics, "/ready").await.0, 200);
    assert_eq!(get(broker.administration(), "/api/openapi.json").await.0, 200);
    for (address, path) in [
        (broker.public(), "/metrics"),
        (broker.public(), "/api/openapi.json"),
        (broker.administration(), "/metrics"),
        (broker.metrics, "/api/v1/health"),
    ] {
        assert_eq!(get(address, path).await.0, 404, "{path}");
    }
}
