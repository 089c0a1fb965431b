//! The REST endpoints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_identity::{CheckMode, Operator, SigningKey, Status, UnixTime, issue};
use beside_protocol::Rights;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Account, Broker};

fn now() -> u64 {
    beside_broker::clock::Clock::start().now().unix_ms as u64 / 1_000
}

const DAY: u64 = 86_400;

fn certificate(signer: &SigningKey, account: &Account, issued: u64) -> String {
    let key = SigningKey::generate(&mut beside_broker::clock::random()).public();
    let body = Operator { name: account.name.clone(), key, id: account.id.parse().unwrap() };
    STANDARD.encode(issue(&body, signer, UnixTime(issued), UnixTime(issued + 20 * DAY)).unwrap())
}

fn status(signer: &SigningKey, issued: u64) -> String {
    let body = Status { check_mode: CheckMode::OperatorTypes, allowed: Rights::ALL, revoked: vec![] };
    STANDARD.encode(issue(&body, signer, UnixTime(issued), UnixTime(issued + 3 * DAY)).unwrap())
}

async fn upload(broker: &Broker, bearer: &str, statement: &str) -> (u16, Value) {
    broker.administer(Method::POST, "statements", bearer, Some(json!({ "statement": statement }))).await
}

#[actix_web::test]
async fn a_failed_sign_in_has_one_vague_answer_and_is_logged() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let wrong = broker.try_sign_in("Kim", "wrong").await;
    let unknown = broker.try_sign_in("Nobody", &kim.password).await;
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.0, 401);
    assert_eq!(wrong.1["code"], "sign_in_refused");
    let (status, signed_in) = broker.try_sign_in(" KIM ", &kim.password).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&signed_in["id"], &signed_in["name"], &signed_in["role"]),
        (&json!(kim.id), &json!("Kim"), &json!("operator"))
    );
    let log = broker.log();
    let entries: Vec<_> = log["sign_ins"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["outcome"].as_str().unwrap(), &e["account"]["name"]))
        .collect();
    assert_eq!(
        entries,
        [("signed_in", &json!("Kim")), ("unknown_name", &json!(null)), ("wrong_password", &json!("Kim"))]
    );
    assert_eq!(log["sign_ins"][0]["address"], "127.0.0.1");
    assert!(!log.to_string().contains("Nobody"), "what was typed is not kept");
}

#[actix_web::test]
async fn repeated_failures_have_to_wait() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    for name in ["Kim", "KIM", " kim"] {
        assert_eq!(broker.try_sign_in(name, "wrong").await.0, 401);
    }
    let body = json!({ "name": "Kim", "password": kim.password });
    let refused = broker.request(Method::POST, "sign-in", None, Some(body)).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!((&problem["code"], &problem["retry_after"]), (&json!("too_many_tries"), &json!(1)));
}

#[actix_web::test]
async fn signing_out_ends_the_token() {
    let broker = Broker::start();
    let token = broker.sign_in(&broker.add_operator("Kim")).await;
    assert_eq!(broker.request(Method::GET, "credential", Some(&token), None).await.status(), 200);
    assert_eq!(broker.request(Method::POST, "sign-out", Some(&token), None).await.status(), 204);
    for (method, path) in [(Method::GET, "credential"), (Method::POST, "sign-out")] {
        let refused = broker.request(method, path, Some(&token), None).await;
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "signed_out");
    }
}

#[actix_web::test]
async fn statements_are_kept_only_if_the_organisation_signed_them() {
    let broker = Broker::start();
    let kim = broker.add_operator("Kim");
    let operator = broker.sign_in(&kim).await;
    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let organisation = &broker.organisation;
    let foreign = SigningKey::generate(&mut beside_broker::clock::random());
    let nobody = Account { name: "No".into(), id: "u-0".into(), ..Account::default() };
    let mut altered = STANDARD.decode(certificate(organisation, &kim, now())).unwrap();
    *altered.last_mut().unwrap() ^= 1;
    for (statement, code) in [
        (certificate(&foreign, &kim, now()), "certificate_foreign"),
        (STANDARD.encode(altered), "certificate_invalid"),
        (certificate(organisation, &kim, now() - 25 * DAY), "certificate_expired"),
        (certificate(organisation, &nobody, now()), "not_found"),
        (status(&foreign, now()), "status_invalid"),
        (status(organisation, now() - 4 * DAY), "status_expired"),
        ("AAAA".to_owned(), "message_malformed"),
        ("not base64!".to_owned(), "message_malformed"),
    ] {
        let (status, problem) = upload(&broker, &administrator, &statement).await;
        assert!((400..500).contains(&status) && problem["code"] == code, "{problem} instead of {code}");
    }
    let good = (certificate(organisation, &kim, now()), status(organisation, now()));
    assert_eq!(upload(&broker, &operator, &good.0).await.1["code"], "forbidden");
    for statement in [&good.0, &good.1] {
        assert_eq!(upload(&broker, &administrator, statement).await.0, 204);
    }
    assert_eq!(upload(&broker, &administrator, &status(organisation, now() - 60)).await.1["code"], "status_invalid");
    let credential: Value =
        broker.request(Method::GET, "credential", Some(&operator), None).await.json().await.unwrap();
    assert_eq!(credential, json!({ "operator": good.0, "status": good.1 }));
    let refused = broker.request(Method::GET, "credential", Some(&administrator), None).await;
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "forbidden");
}

#[actix_web::test]
async fn everything_else_is_a_problem_with_a_code() {
    let broker = Broker::start();
    let health: Value = broker.request(Method::GET, "health", None, None).await.json().await.unwrap();
    assert_eq!(health, json!({ "status": "ok" }));
    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let huge = json!({ "statement": "A".repeat(100_000) });
    for (method, path, body, status, code) in [
        (Method::GET, "nothing", None, 404, "not_found"),
        (Method::POST, "sign-in", Some(json!({})), 400, "message_malformed"),
        (
            Method::POST,
            "sign-in",
            Some(json!({ "name": "a", "password": "b", "admin": true })),
            400,
            "message_malformed",
        ),
        (Method::POST, "sign-in", Some(json!({ "name": "a".repeat(300), "password": "b" })), 400, "message_malformed"),
        (Method::GET, "signal/customer", None, 400, "message_malformed"),
    ] {
        let response = broker.request(method, path, Some(&administrator), body).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.json::<Value>().await.unwrap()["code"], code, "{path}");
    }
    let (status, problem) = broker.administer(Method::POST, "statements", &administrator, Some(huge)).await;
    assert_eq!((status, &problem["code"]), (413, &json!("message_too_large")));
    for path in ["statements", "accounts", "audit"] {
        let hidden = broker.request(Method::GET, path, Some(&administrator), None).await;
        assert_eq!(hidden.status(), 404, "{path} is not on the public listener");
    }
    assert_eq!(broker.request(Method::POST, "sign-out", None, None).await.status(), 401);
}

#[actix_web::test]
async fn stun_answers() {
    let broker = Broker::start();
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let request = hex::decode("000100002112a442000102030405060708090a0b").unwrap();
    socket.send_to(&request, broker.stun).await.unwrap();
    let mut answer = [0; 100];
    let (length, _) = socket.recv_from(&mut answer).await.unwrap();
    let port = socket.local_addr().unwrap().port() ^ 0x2112;
    let expected = [
        &hex::decode("0101000c2112a442000102030405060708090a0b002000080001").unwrap()[..],
        &port.to_be_bytes(),
        // 127.0.0.1 XOR the magic cookie.
        &[0x7f ^ 0x21, 0x12, 0xa4, 0x01 ^ 0x42],
    ]
    .concat();
    assert_eq!(answer[..length], expected);
}
