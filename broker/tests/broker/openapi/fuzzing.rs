//! Thousands of requests made from the description, good and bad, of callers who may and who may not: never a fault of the
//! program, never an answer that is not described, and nothing accepted that the description forbids.
//!
//! `BESIDE_FUZZ_SEED` and `BESIDE_FUZZ_ROUNDS` repeat a run or make it longer; a failure says what to set.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beside_broker::http::REASON_HEADER;
use beside_broker::http::rights::{Access, Listener};
use beside_broker::http::routes::{Route, TABLE};
use beside_protocol::api::Role;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::answers::judge;
use super::document;
use super::schema::Schemas;
use super::values::{Body, Dictionary, Maker};
use crate::account_links::{PASSWORD, token_of};
use crate::harness::{Account, Broker, sid};
use crate::random::Random;

const SEED: u64 = 0xbe51de;
const ROUNDS: usize = 8;
/// Requests of each operation in each round.
const TRIES: usize = 9;
/// Passes over what has not succeeded until then.
const MAKE_UP: usize = 30;
/// Operations whose success needs what no fuzzer has: a second factor, a signature, a WebSocket, the password before, a month
/// that is over.
const BEYOND: &[&str] = &[
    "POST /step-up",
    "POST /statements",
    "POST /rating",
    "POST /own/password",
    "GET /signal/customer",
    "GET /signal/operator",
    "GET /live/socket",
    "POST /reviews/{month}/sign-off",
];

/// How many roles there are.
const ROLES: usize = 4;

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Caller {
    Allowed,
    /// No bearer token, or none that ever was.
    Nobody,
    /// A role that the table does not let through.
    Other,
}

struct Fuzzer {
    broker: Broker,
    document: Value,
    random: Random,
    seed: u64,
    dictionary: Dictionary,
    administrator: String,
    deputy: String,
    operator: (Account, String),
    client: Client,
    /// Nothing is spoiled.
    gentle: bool,
    requests: usize,
    successes: BTreeMap<String, usize>,
}

#[actix_web::test]
async fn the_program_keeps_to_its_description_whatever_it_is_sent() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let seed = number("BESIDE_FUZZ_SEED").unwrap_or(SEED);
    let rounds = number("BESIDE_FUZZ_ROUNDS").map_or(ROUNDS, |rounds| rounds as usize);
    let mut fuzzer = Fuzzer::prepare(seed).await;
    for _ in 0..rounds {
        fuzzer.round().await;
    }
    let silent = fuzzer.make_up().await;
    assert!(silent.is_empty(), "seed {seed}: never succeeded, so nothing was learnt of {silent:?}");
    println!("{} requests, {} successes", fuzzer.requests, fuzzer.successes.values().sum::<usize>());
}

fn id(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

impl Fuzzer {
    async fn prepare(seed: u64) -> Self {
        let mut broker = Broker::initialised_with("");
        let (key, secret) = (broker.file("backup.key"), broker.file("webhook.secret"));
        let (_, recipient, _) = broker.command(&["backup-key", "--to", key.to_str().unwrap()]);
        std::fs::write(&secret, format!("whsec_{}", STANDARD.encode([7; 32]))).unwrap();
        // Nobody listens there.
        broker.configure(&format!(
            "[backup]\ndirectory = {:?}\nrecipients = [{:?}]\nkeep = 1\n\
             [alerts.webhook]\nurl = \"https://127.0.0.1:1/\"\nsecret_file = {secret:?}\n",
            broker.folder(),
            recipient.trim(),
        ));
        broker.serve();
        let administrator = broker.stepped_up().await;
        let deputy = broker.add("administrator", "Deputy");
        let deputys_token = broker.sign_in_to_console(&deputy).await;
        let operator = broker.add_operator("Operator");
        // A session that is in the log, to be asked for.
        let (mut manager, code) = broker.operator_with_code(&operator).await;
        let mut customer = broker.customer().await;
        customer.knock(&code, sid(1)).await;
        manager.hear_of("knock").await;
        let operator_token = broker.sign_in(&operator).await;
        let guest = broker.add_operator("Guest");
        let visitor = broker.add("auditor", "Visitor");

        let mut dictionary = Dictionary::default();
        for (name, value) in [
            ("session", json!(sid(1).to_text())),
            ("operator", json!(operator.id)),
            ("action", json!("access.refused")),
            ("action", json!("account.")),
            ("end", json!("signed_out")),
            ("range", json!("192.0.2.7")),
            ("range", json!("2001:db8::/32")),
            ("address", json!("192.0.2.7")),
            ("kind", json!("self_check")),
            ("device", json!("K7Q2-9XMB-41TD")),
            ("device", json!("none")),
            ("zone", json!("Asia/Seoul")),
            ("password", json!(PASSWORD)),
            ("second_factor", Value::Null),
            (REASON_HEADER, json!("because of a test")),
            ("POST /sign-in: name", json!(guest.name)),
            ("POST /sign-in: password", json!(guest.password)),
            ("POST /sign-in: second_factor", Value::Null),
            ("POST /sign-in: proof", Value::Null),
            ("POST /console/sign-in: name", json!(visitor.name)),
            ("POST /console/sign-in: password", json!(visitor.password)),
            ("POST /console/sign-in: second_factor", Value::Null),
            ("POST /console/sign-in: proof", Value::Null),
            ("POST /accounts/{account}/link: second_factor", json!(false)),
            ("GET /statistics: from", json!(1_795_000_000_000_i64)),
            ("GET /statistics: before", json!(1_800_000_000_000_i64)),
        ] {
            dictionary.learn(name, value);
        }
        // Whatever the policy becomes, these may come from here.
        for account in [&broker.administrator.id, &deputy.id, &operator.id, &guest.id, &visitor.id] {
            let path = format!("accounts/{account}/addresses");
            let here = Some(json!({ "range": "127.0.0.0/8" }));
            assert_eq!(broker.administer(Method::POST, &path, &administrator, here).await.0, 201);
        }
        let document = document(&broker).await;
        let client = broker.client_at([127, 0, 0, 1]);
        Self {
            broker,
            document,
            random: Random::new(seed),
            seed,
            dictionary,
            administrator,
            deputy: deputys_token,
            operator: (operator, operator_token),
            client,
            gentle: false,
            requests: 0,
            successes: BTreeMap::new(),
        }
    }

    async fn round(&mut self) {
        self.calm().await;
        let mut routes: Vec<_> = TABLE.iter().collect();
        self.random.shuffle(&mut routes);
        for route in routes {
            for _ in 0..TRIES {
                let caller = match (route.access, self.random.below(10)) {
                    (Access::Anyone, _) => Caller::Allowed,
                    (Access::Roles(_), 0) => Caller::Nobody,
                    (Access::Roles(granted), 1) if granted.roles.len() < ROLES => Caller::Other,
                    (Access::Roles(_), _) => Caller::Allowed,
                };
                self.request(route, caller).await;
            }
        }
    }

    /// What has not succeeded yet is asked for without malice, after whatever makes what it is about. Returns what has not
    /// succeeded even so.
    async fn make_up(&mut self) -> Vec<String> {
        self.gentle = true;
        for _ in 0..MAKE_UP {
            let silent = self.silent();
            if silent.is_empty() {
                return silent;
            }
            self.calm().await;
            for route in TABLE {
                let takes_away = route.method == "DELETE" || route.path.ends_with("/end");
                if !takes_away || silent.contains(&id(route)) {
                    self.request(route, Caller::Allowed).await;
                }
            }
        }
        self.silent()
    }

    fn silent(&self) -> Vec<String> {
        let ids = TABLE.iter().map(id).filter(|id| !BEYOND.contains(&id.as_str()));
        ids.filter(|id| !self.successes.contains_key(id)).collect()
    }

    /// Takes back the policy that fuzzing made, under which hardly anybody could sign in any more.
    async fn calm(&mut self) {
        let (mut status, mut answer) = self.relax().await;
        // Codes work once, and there are few: the last one counts for minutes.
        if answer["code"] == "step_up_needed" {
            let body = Some(json!({ "second_factor": self.broker.administrator.code() }));
            let stepped = self.broker.administer(Method::POST, "step-up", &self.administrator, body).await;
            assert_eq!(stepped.0, 200, "seed {}: {}", self.seed, stepped.1);
            (status, answer) = self.relax().await;
        }
        assert_eq!(status, 200, "seed {}: {answer}", self.seed);
    }

    async fn relax(&self) -> (u16, Value) {
        let plain = Some(json!({ "policy": {} }));
        self.broker.administer(Method::PUT, "policy", &self.administrator, plain).await
    }

    async fn request(&mut self, route: &Route, caller: Caller) {
        let document = std::mem::take(&mut self.document);
        let operation = &document["paths"][format!("/api/v1{}", route.path)][route.method.as_str().to_lowercase()];
        let built = self.build(route, operation, &document, caller);
        let case = format!(
            "BESIDE_FUZZ_SEED={} request {} by {caller:?}: {} {} {}",
            self.seed,
            self.requests,
            route.method,
            built.url,
            String::from_utf8_lossy(
                built.body.as_ref().map_or(&[][..], |body| &body.bytes[..body.bytes.len().min(2_000)])
            ),
        );
        let body = built.body;
        let client = if matches!(route.access, Access::Anyone) {
            // A place of its own, or what others guessed would have to be waited for.
            self.broker.client_at([127, 2, self.random.below(256) as u8, self.random.below(255) as u8 + 1])
        } else {
            self.client.clone()
        };
        let mut request = client.request(Method::from_bytes(route.method.as_str().as_bytes()).unwrap(), &built.url);
        if let Some(token) = built.bearer {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(reason) = built.reason {
            request = request.header(REASON_HEADER, reason);
        }
        if let Some(body) = &body {
            request = request.header(CONTENT_TYPE, body.content_type).body(body.bytes.clone());
        }
        self.requests += 1;
        let answer = self.broker.send(request).await;
        let status = answer.status().as_u16();
        let said = judge(answer, operation, &document, &case).await;
        match caller {
            Caller::Allowed => {}
            Caller::Nobody => assert_eq!(status, 401, "{case}"),
            Caller::Other => assert_eq!(status, 403, "{case}"),
        }
        if status < 300 {
            let sent = body.and_then(|body| body.json).unwrap_or_default();
            if let Some(schema) = body_schema(operation) {
                let allowed = Schemas::of_requests(&document).check(schema, &sent, "body");
                assert_eq!(allowed, Ok(()), "{case}: accepted against the description");
            }
            *self.successes.entry(id(route)).or_default() += 1;
            self.learn(route, &built.url, &sent, &said).await;
        }
        self.document = document;
    }

    /// Makes a request of an operation's description.
    fn build(&mut self, route: &Route, operation: &Value, document: &Value, caller: Caller) -> Built {
        let gentle = self.gentle;
        let spoil_parameters = !gentle && self.random.chance(15);
        let (bearer, to) = (self.bearer(route, caller), self.listener(route));
        let operation_id = id(route);
        let mut maker = Maker {
            schemas: Schemas::of_requests(document),
            dictionary: &self.dictionary,
            operation: &operation_id,
            random: &mut self.random,
        };
        let mut path = route.path.to_owned();
        let mut query = Vec::new();
        let mut reason = None;
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let spoiled = spoil_parameters && maker.random.chance(50);
            let left_out = parameter["required"] != true && maker.random.chance(60);
            match parameter["in"].as_str() {
                Some("path") => {
                    let mut typed = maker.typed(&parameter["schema"], name, spoiled);
                    // As a part of a path these would lead to another route.
                    if ["", ".", ".."].contains(&typed.as_str()) {
                        typed = "-".to_owned();
                    }
                    path = path.replace(&format!("{{{name}}}"), &encoded(&typed));
                }
                Some("query") if !left_out => {
                    query.push(format!("{name}={}", encoded(&maker.typed(&parameter["schema"], name, spoiled))));
                }
                Some("header") if spoiled => {
                    reason = maker.random.pick(&[None, Some("x"), Some("%FF%FF%FF"), Some("a%0Ab")]).map(str::to_owned)
                }
                Some("header") if !left_out => reason = Some(encoded(&maker.typed(&parameter["schema"], name, false))),
                Some("query" | "header") => {}
                other => panic!("a parameter in {other:?}"),
            }
        }
        if spoil_parameters && maker.random.chance(30) {
            query.push((*maker.random.pick(&["surplus=1", "limit=1&limit=2", "confirmed", "%FF=%FE"])).to_owned());
        }
        let body = body_schema(operation).map(|schema| match maker.random.below(10) {
            0 if !gentle => Body::of(maker.allowed(schema, "")).damaged(maker.random),
            1..=3 if !gentle => Body::of(maker.spoiled(schema)),
            _ => Body::of(maker.allowed(schema, "")),
        });
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        Built { url: format!("https://{to}/api/v1{path}{query}"), bearer, reason, body }
    }

    /// Who asks: for what everybody may do somebody whose sign-in may be lost.
    fn bearer(&mut self, route: &Route, caller: Caller) -> Option<String> {
        let Access::Roles(granted) = route.access else { return None };
        let operators = granted.roles.contains(&Role::Operator);
        match caller {
            Caller::Nobody => {
                self.random.pick(&[None, Some("nonsense"), Some(""), Some("beside_nonsense")]).map(str::to_owned)
            }
            Caller::Other if operators => Some(self.administrator.clone()),
            Caller::Other => Some(self.operator.1.clone()),
            Caller::Allowed if route.listener == Listener::Administration && operators => Some(self.deputy.clone()),
            Caller::Allowed if operators => Some(self.operator.1.clone()),
            Caller::Allowed => Some(self.administrator.clone()),
        }
    }

    fn listener(&self, route: &Route) -> SocketAddr {
        match route.listener {
            Listener::Public | Listener::Both => self.broker.public(),
            Listener::Administration => self.broker.administration(),
        }
    }

    /// Remembers what a success tells, to ask for it later, and forgets what it ended.
    async fn learn(&mut self, route: &Route, url: &str, sent: &Value, said: &Value) {
        // Behind https: come nothing, the listener, api and v1; then the path's own parts.
        let part = |number: usize| url.split('?').next().and_then(|path| path.split('/').nth(5 + number)).map(decoded);
        if let Some(next) = said["next"].as_str() {
            self.dictionary.learn(format!("{}: cursor", id(route)), next);
        }
        match (route.method.as_str(), route.path) {
            ("POST", "/accounts") => self.dictionary.learn("account", said["id"].clone()),
            ("GET", "/reviews") => self.dictionary.learn("month", said[0]["month"].clone()),
            ("POST", "/groups") => self.dictionary.learn("group", said["id"].clone()),
            ("POST", "/tokens") => {
                self.dictionary.replace("DELETE /tokens/{token}: token", said["entry"]["id"].clone())
            }
            ("POST", "/blocks") => self.dictionary.replace("DELETE /blocks/{block}: block", said["id"].clone()),
            ("GET", "/alerts") => {
                if let Some(alert) = said["items"].get(0) {
                    self.dictionary.learn("alert", alert["id"].clone());
                }
            }
            ("POST", "/accounts/{account}/addresses") => self.listed("accounts/{account}", "account", part(1), said),
            ("POST", "/groups/{group}/addresses") => self.listed("groups/{group}", "group", part(1), said),
            ("PUT", "/groups/{group}/members/{account}") => {
                self.dictionary.replace("DELETE /groups/{group}/members/{account}: group", part(1));
                self.dictionary.replace("DELETE /groups/{group}/members/{account}: account", part(3));
            }
            ("POST", "/accounts/{account}/end") | ("DELETE", "/groups/{group}") => {
                self.dictionary.forget(&part(1).into());
            }
            ("POST", "/account-link/finish") => self.dictionary.forget(&sent["token"]),
            ("POST", "/sign-out") => {
                self.calm().await;
                self.operator.1 = self.broker.sign_in(&self.operator.0).await;
            }
            _ => {}
        }
        if let Some(link) = said["link"].as_str() {
            self.dictionary.learn("token", token_of(link));
        }
    }

    /// Remembers an entry with the list on which it stands.
    fn listed(&mut self, owners: &str, owner: &str, id: Option<String>, entry: &Value) {
        self.dictionary.replace(format!("DELETE /{owners}/addresses/{{entry}}: {owner}"), id);
        self.dictionary.replace(format!("DELETE /{owners}/addresses/{{entry}}: entry"), entry["id"].clone());
    }
}

/// A request to send.
struct Built {
    url: String,
    bearer: Option<String>,
    reason: Option<String>,
    body: Option<Body>,
}

fn body_schema(operation: &Value) -> Option<&Value> {
    operation.pointer("/requestBody/content/application~1json/schema")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
