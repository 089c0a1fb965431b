//! Alerts: kept, sent, seen; and whom they block.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_broker::audit::{Action, Actor, Event};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::harness::{Account, Broker, PATIENCE};

const SECRET: [u8; 32] = [7; 32];

/// What a program got: the headers that count, and the body.
#[derive(Debug)]
struct Posted {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

impl Posted {
    /// Whether it is signed as it should be, and the alert in it.
    fn verified(&self) -> Value {
        let key = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
        let signed = key.chain_update(format!("{}.{}.{}", self.id, self.timestamp, self.body)).finalize();
        assert_eq!(self.signature, format!("v1,{}", STANDARD.encode(signed.into_bytes())));
        let body: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!((&body["type"], &body["data"]["id"]), (&json!("alert.raised"), &json!(self.id)));
        body["data"].clone()
    }
}

/// A program that alerts are sent to, with the broker's own certificate; it refuses the first one.
fn program(folder: &Path) -> (String, mpsc::UnboundedReceiver<Posted>) {
    let (tell, posted) = mpsc::unbounded_channel();
    let take = move |request: HttpRequest, body: String, tell: web::Data<mpsc::UnboundedSender<Posted>>| async move {
        let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        tell.send(Posted { id, timestamp, signature: header("webhook-signature"), body }).unwrap();
        static REFUSED: std::sync::Once = std::sync::Once::new();
        let mut first = false;
        REFUSED.call_once(|| first = true);
        if first { HttpResponse::ServiceUnavailable().finish() } else { HttpResponse::NoContent().finish() }
    };
    let certificates = CertificateDer::pem_file_iter(folder.join("certificate.pem")).unwrap();
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            certificates.map(Result::unwrap).collect(),
            PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap(),
        )
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::new(tell.clone())).route("/alerts", web::post().to(take))
    });
    let server = server.workers(1).disable_signals().listen_rustls_0_23(listener, tls).unwrap().run();
    actix_web::rt::spawn(server);
    (format!("https://{address}/alerts"), posted)
}

/// An SMTP relay without encryption: tells every line that it hears.
async fn relay() -> (u16, mpsc::UnboundedReceiver<String>) {
    let (tell, heard) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    actix_web::rt::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 relay\r\n").await.unwrap();
            let (mut line, mut in_data) = (String::new(), false);
            while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                let said = line.trim_end().to_owned();
                line.clear();
                let answer = match said.as_str() {
                    "." if in_data => {
                        in_data = false;
                        "250 taken\r\n"
                    }
                    _ if in_data => "",
                    "DATA" => {
                        in_data = true;
                        "354 go on\r\n"
                    }
                    "QUIT" => "221 bye\r\n",
                    _ => "250 yes\r\n",
                };
                tell.send(said).unwrap();
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
            tell.send("gone".to_owned()).unwrap();
        }
    });
    (port, heard)
}

async fn next<T>(from: &mut mpsc::UnboundedReceiver<T>) -> T {
    tokio::time::timeout(PATIENCE, from.recv()).await.unwrap().unwrap()
}

/// The lines up to this one.
async fn heard_until(heard: &mut mpsc::UnboundedReceiver<String>, last: &str) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        lines.push(next(heard).await);
        if lines.last().is_some_and(|line| line == last) {
            return lines;
        }
    }
}

/// Asks until the answer is as it should be: alerts are written after whatever caused them.
async fn until(broker: &Broker, bearer: &str, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let ask = async {
        loop {
            let (status, answer) = broker.administer(Method::GET, path, bearer, None).await;
            assert_eq!(status, 200, "{answer}");
            if holds(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ask).await.unwrap()
}

fn kinds(alerts: &Value) -> Vec<&str> {
    alerts["items"].as_array().unwrap().iter().map(|alert| alert["kind"].as_str().unwrap()).collect()
}

async fn set_alerts(broker: &Broker, administrator: &str, thresholds: Value) {
    let policy = json!({ "policy": { "alerts": thresholds } });
    let (status, answer) = broker.administer(Method::PUT, "policy", administrator, Some(policy)).await;
    assert_eq!(status, 200, "{answer}");
}

/// Tries to sign in from another address of this machine.
async fn try_from(broker: &Broker, place: [u8; 4], account: &Account, password: &str) -> (u16, Value) {
    let body = json!({ "name": account.name, "password": password });
    let client = broker.client_at(place);
    broker.answer(broker.build_with(&client, broker.public(), Method::POST, "sign-in", None, Some(body))).await
}

#[actix_web::test]
async fn a_trial_goes_where_alerts_go_and_its_failure_is_told() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let (status, answer) = broker.administer(Method::POST, "alerts/trial", &administrator, None).await;
    assert_eq!((status, &answer["reasons"]), (409, &json!(["no_outlets"])), "a trial that nobody gets tells nothing");

    let mut broker = Broker::initialised_with("");
    let (port, mut heard) = relay().await;
    std::fs::write(broker.file("webhook.secret"), format!("whsec_{}\n", STANDARD.encode(SECRET))).unwrap();
    // Nobody listens there.
    let url = "https://127.0.0.1:1/alerts";
    broker.configure(&format!(
        "[alerts.mail]\nrelay = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\n\
         from = \"Beside <beside@example.com>\"\nto = [\"a@example.com\"]\n\
         [alerts.webhook]\nurl = {url:?}\nsecret_file = {:?}\n",
        broker.file("webhook.secret"),
    ));
    broker.serve();
    let administrator = broker.stepped_up().await;
    let (status, answer) = broker.administer(Method::POST, "alerts/trial", &administrator, None).await;
    assert_eq!(status, 202, "{answer}");
    while !heard_until(&mut heard, ".").await.contains(&"Subject: [Beside] notice: This is a trial".to_owned()) {}
    let answer = until(&broker, &administrator, "outlets", |answer| {
        answer["outlets"][0]["sent_at"].is_i64() && answer["outlets"][1]["failing_since"].is_i64()
    });
    let answer = answer.await;
    let [mail, webhook] = &answer["outlets"].as_array().unwrap()[..] else { panic!("{answer}") };
    assert_eq!((&mail["channel"], &mail["to"]), (&json!("mail"), &json!(["a@example.com"])));
    assert!(mail["failure"].is_null(), "{mail}");
    assert_eq!((&webhook["channel"], &webhook["to"]), (&json!("webhook"), &json!([url])));
    assert!(webhook["waiting"].as_u64().unwrap() >= 1 && webhook["sent_at"].is_null(), "{webhook}");
    assert!(webhook["failure"].as_str().unwrap().contains("can't be reached"), "{webhook}");
}

#[actix_web::test]
async fn an_alert_is_kept_sent_and_seen() {
    let mut broker = Broker::initialised_with("");
    let (url, mut posted) = program(broker.folder());
    let (port, mut heard) = relay().await;
    std::fs::write(broker.file("webhook.secret"), format!("whsec_{}\n", STANDARD.encode(SECRET))).unwrap();
    broker.configure(&format!(
        "[alerts.mail]\nrelay = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\nlanguage = \"ko\"\n\
         from = \"Beside <beside@example.com>\"\nto = [\"a@example.com\", \"b@example.com\"]\n\
         [alerts.webhook]\nurl = {url:?}\nsecret_file = {:?}\nauthority = {:?}\n",
        broker.file("webhook.secret"),
        broker.file("authority.pem"),
    ));
    // However full this machine's disk is.
    let storage = broker.storage().await;
    let mut policy = storage.policy().await.unwrap();
    (policy.alerts.disk_free_permille, policy.alerts.disk_free_critical_permille) = (0, 0);
    let mut writing = storage.writing().await.unwrap();
    let changed = Event::new(Action::PolicyChanged, Actor::CommandLine, 0);
    writing.set_policy(&policy, changed).await.unwrap();
    writing.commit().await.unwrap();
    storage.close().await.unwrap();
    // The self-check runs at the start, and this broker has no status statement and no contact.
    broker.serve();
    let refused = next(&mut posted).await;
    let alert = refused.verified();
    assert_eq!((&alert["kind"], &alert["severity"]), (&json!("self_check"), &json!("warning")), "{alert}");
    assert!(alert["numbers"]["weak"].as_i64().unwrap() > 0, "{alert}");
    assert_eq!(next(&mut posted).await.id, refused.id, "what was refused comes again");

    let mail = heard_until(&mut heard, ".").await;
    for line in ["MAIL FROM:<beside@example.com>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>"] {
        assert!(mail.iter().any(|heard| heard.starts_with(line)), "{line}: {mail:?}");
    }
    let id = alert["id"].as_str().unwrap();
    for line in ["Auto-Submitted: auto-generated".to_owned(), format!("Message-ID: <{id}@example.com>")] {
        assert!(mail.contains(&line), "{line}: {mail:?}");
    }

    let administrator = broker.stepped_up().await;
    let alerts = until(&broker, &administrator, "alerts?seen=false&severity=warning", |_| true).await;
    assert_eq!((kinds(&alerts), &alerts["items"][0]["id"]), (vec!["self_check"], &json!(id)));
    for _ in 0..2 {
        let (status, _) = broker.administer(Method::POST, &format!("alerts/{id}/seen"), &administrator, None).await;
        assert_eq!(status, 204);
    }
    let unseen = until(&broker, &administrator, "alerts?seen=false", |_| true).await;
    assert!(!kinds(&unseen).contains(&"self_check"), "{unseen}");
    assert_eq!(broker.administer(Method::POST, "alerts/l-0/seen", &administrator, None).await.0, 404);
    assert_eq!(broker.audited(&administrator, "alert.seen").await.len(), 1, "once");
    let raised = broker.audited(&administrator, "alert.raised").await;
    assert!(raised.iter().any(|row| row["detail"]["alert"] == id), "{raised:?}");
}

#[actix_web::test]
async fn without_encryption_nothing_is_said_to_a_relay_that_must_have_it() {
    let mut broker = Broker::initialised_with("");
    let (port, mut heard) = relay().await;
    broker.configure(&format!(
        "[alerts.mail]\nrelay = \"localhost\"\nport = {port}\nauthority = {:?}\n\
         from = \"beside@example.com\"\nto = [\"a@example.com\"]\n",
        broker.file("authority.pem"),
    ));
    broker.serve();
    let said = heard_until(&mut heard, "gone").await;
    assert!(!said.iter().any(|line| line.starts_with("MAIL")), "{said:?}");
}

#[actix_web::test]
async fn failures_block_their_address_until_that_is_lifted() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    set_alerts(&broker, &administrator, json!({ "failures": 3, "blocking": ["repeated_failures"] })).await;
    let (kim, lee) = (broker.add_operator("Kim Minji"), broker.add_operator("Lee Jieun"));
    let there = [127, 0, 0, 9];
    for _ in 0..3 {
        assert_eq!(try_from(&broker, there, &kim, "wrong").await.1["code"], "sign_in_refused");
    }
    let blocks = until(&broker, &administrator, "blocks", |blocks| blocks[0].is_object()).await;
    assert_eq!((&blocks[0]["range"], &blocks[0]["because"]), (&json!("127.0.0.9"), &json!("repeated_failures")));
    assert_eq!((&blocks[0]["account"], blocks.as_array().unwrap().len()), (&Value::Null, 1), "{blocks}");
    let (status, refused) = try_from(&broker, there, &lee, &lee.password).await;
    assert_eq!((status, &refused["code"]), (403, &json!("blocked")), "{refused}");
    assert_eq!(try_from(&broker, [127, 0, 0, 8], &lee, &lee.password).await.0, 200, "elsewhere it is open");

    let alerts = until(&broker, &administrator, "alerts?kind=repeated_failures", |_| true).await;
    let subjects: Vec<_> = alerts["items"].as_array().unwrap().iter().map(|alert| &alert["subject"]).collect();
    assert!(subjects.contains(&&json!("127.0.0.9")) && subjects.contains(&&json!(kim.id)), "{alerts}");

    let path = format!("blocks/{}", blocks[0]["id"].as_str().unwrap());
    assert_eq!(broker.administer(Method::DELETE, &path, &administrator, None).await.0, 204);
    assert_eq!(broker.administer(Method::DELETE, &path, &administrator, None).await.0, 404);
    assert_eq!(try_from(&broker, there, &lee, &lee.password).await.0, 200);
    for action in ["block.made", "block.lifted"] {
        let rows = broker.audited(&administrator, action).await;
        assert_eq!(rows[0]["personal"]["range"], "127.0.0.9", "{rows:?}");
    }
}

#[actix_web::test]
async fn who_is_blocked_is_let_go_of_at_once() {
    let broker = Broker::start();
    let administrator = broker.stepped_up().await;
    let operator = broker.add_operator("Kim Minji");
    let mut socket = broker.operator(&broker.sign_in(&operator).await).await;
    socket.code().await;
    let block = async |body| broker.administer(Method::POST, "blocks", &administrator, Some(body)).await;
    let (status, made) = block(json!({ "account": operator.id, "minutes": 5 })).await;
    assert_eq!((status, &made["because"]), (201, &json!("administrator")), "{made}");
    assert_eq!(made["expires_at"].as_i64().unwrap() - made["made_at"].as_i64().unwrap(), 300_000);
    assert_eq!(socket.hear_of("signed_out").await["error"], "blocked");
    assert_eq!(broker.try_sign_in(&operator.name, &operator.password).await.1["code"], "blocked");

    let (status, refused) = block(json!({ "account": broker.administrator.id, "minutes": 5 })).await;
    assert_eq!((status, &refused["code"]), (409, &json!("would_lock_out")));
    assert_eq!(block(json!({ "range": "127.0.0.0/8", "minutes": 5 })).await.1["code"], "would_lock_out");
    for wrong in [
        json!({ "minutes": 5 }),
        json!({ "account": operator.id, "range": "192.0.2.1", "minutes": 5 }),
        json!({ "account": operator.id, "minutes": 0 }),
        json!({ "range": "192.0.2.1/24", "minutes": 5 }),
    ] {
        assert_eq!(block(wrong.clone()).await.1["code"], "message_malformed", "{wrong}");
    }
    assert_eq!(block(json!({ "account": "u-0000000000000000", "minutes": 5 })).await.0, 404);
    let unlock = json!({ "account": operator.id });
    assert_eq!(broker.administer(Method::POST, "unlock", &administrator, Some(unlock)).await.0, 204);
    let unlock = json!({ "address": "2001:db8::7" });
    assert_eq!(broker.administer(Method::POST, "unlock", &administrator, Some(unlock)).await.0, 204);
    assert_eq!(broker.audited(&administrator, "account.unlocked").await.len(), 2);
}

#[actix_web::test]
async fn an_address_is_new_once_also_after_a_restart() {
    let mut broker = Broker::start();
    let operator = broker.add_operator("Kim Minji");
    let administrator = broker.stepped_up().await;
    let new = async |broker: &Broker, count: usize| {
        let path = "alerts?kind=new_address";
        until(broker, &administrator, path, |alerts| kinds(alerts).len() == count).await
    };
    for place in [[127, 0, 0, 1], [127, 0, 0, 1], [127, 0, 0, 2]] {
        assert_eq!(try_from(&broker, place, &operator, &operator.password).await.0, 200);
    }
    let alerts = new(&broker, 1).await;
    assert_eq!(alerts["items"][0]["subject"], operator.id.as_str());
    assert_eq!(alerts["items"][0]["numbers"]["known_addresses"], 1);
    broker.restart();
    for place in [[127, 0, 0, 2], [127, 0, 0, 3]] {
        assert_eq!(try_from(&broker, place, &operator, &operator.password).await.0, 200);
    }
    let alerts = new(&broker, 2).await;
    assert_eq!(alerts["items"][0]["numbers"]["known_addresses"], 2, "the second address is known, the third is not");
}

#[actix_web::test]
async fn a_witness_that_is_gone_and_a_full_disk_are_told_at_once() {
    let mut broker = Broker::start();
    let administrator = broker.stepped_up().await;
    // Any disk is too full for these.
    set_alerts(&broker, &administrator, json!({ "disk_free_permille": 1000, "disk_free_critical_permille": 1000 }))
        .await;
    broker.stop();
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let key = "witness.example.com+183c3a9a+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    broker.configure(&format!(
        "[audit]\nwitness = \"https://{nobody}\"\nwitness_key = {key:?}\nwitness_authority = {:?}\n",
        broker.file("authority.pem")
    ));
    broker.serve();
    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let on_a_file = broker.configuration().database.url.starts_with("sqlite");
    until(&broker, &administrator, "alerts?severity=critical", |alerts| {
        let kinds = kinds(alerts);
        kinds.contains(&"audit_fault") && (!on_a_file || kinds.contains(&"disk_space"))
    })
    .await;
}
