//! From where and when accounts may be used: lists, hours, and their effect on sign-ins, requests and open sockets.

use std::time::Duration;

use beside_broker::audit::{Action, Actor, Event};
use beside_broker::clock::Clock;
use beside_broker::storage::addresses::Owner;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Broker, Peer};

/// Where the tests come from.
const HERE: &str = "127.0.0.1";
/// Where nobody is.
const ELSEWHERE: &str = "203.0.113.7";
/// A socket that is no longer admitted is closed within this.
const CLOSED_WITHIN: Duration = Duration::from_secs(2);

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

/// A broker with an administrator who has just given the second factor again.
struct Desk {
    broker: Broker,
    administrator: String,
}

impl Desk {
    async fn open() -> Self {
        let broker = Broker::start();
        let administrator = broker.stepped_up().await;
        Self { broker, administrator }
    }

    async fn administer(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        self.broker.administer(method, path, &self.administrator, body).await
    }

    /// Lists a range for an account or a group (`accounts/ID`, `groups/ID`); the path of the entry.
    async fn list(&self, owner: &str, range: &str) -> String {
        let body = json!({ "range": range, "comment": "", "confirmed": false });
        let (status, entry) = self.administer(Method::POST, &format!("{owner}/addresses"), Some(body)).await;
        assert_eq!(status, 201, "{entry}");
        format!("{owner}/addresses/{}", entry["id"].as_str().unwrap())
    }

    /// Makes a group with these members; its path.
    async fn group(&self, name: &str, members: &[&str]) -> String {
        let (status, group) = self.administer(Method::POST, "groups", Some(json!({ "name": name }))).await;
        assert_eq!(status, 201, "{group}");
        let path = format!("groups/{}", group["id"].as_str().unwrap());
        for member in members {
            let (status, answer) = self.administer(Method::PUT, &format!("{path}/members/{member}"), None).await;
            assert_eq!(status, 204, "{answer}");
        }
        path
    }

    async fn refused_requests(&self) -> Vec<Value> {
        self.broker.audited(&self.administrator, "access.refused").await
    }
}

/// Hours that are over and don't come for days, whatever day it is.
fn not_now() -> Value {
    let days = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"];
    // 1970 began on a Thursday.
    let today = Clock::start().now().unix_ms / 86_400_000;
    let day = days[((today + 3) % 7) as usize];
    json!({ "zone": "Etc/UTC", "windows": [{ "days": [day], "from": "00:00", "to": "24:00" }] })
}

/// The socket of a manager is told why, and closed in time.
async fn closes(mut socket: Peer, error: &str) {
    let told = async {
        assert_eq!(socket.hear_of("signed_out").await["error"], error);
        assert_eq!(socket.closed().await.0, 1000);
    };
    tokio::time::timeout(CLOSED_WITHIN, told).await.expect("the socket stayed open");
}

#[actix_web::test]
async fn what_is_listed_has_one_form_and_what_is_none_has_a_reason() {
    let desk = Desk::open().await;
    let kim = desk.broker.add_operator("Kim");
    let account = format!("accounts/{}", kim.id);
    let group = desk.group("Day", &[]).await;
    let good = [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.0/24 ", "192.0.2.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:198.51.100.0/120", "198.51.100.0/24"),
    ];
    for owner in [&account, &group] {
        for (range, _) in good {
            desk.list(owner, range).await;
        }
        let (_, listed) = desk.administer(Method::GET, &format!("{owner}/addresses"), None).await;
        let listed: Vec<_> = listed.as_array().unwrap().iter().map(|entry| entry["range"].as_str().unwrap()).collect();
        let expected: std::collections::BTreeSet<_> = good.map(|(_, canonical)| canonical).into();
        assert_eq!(listed.iter().copied().collect::<std::collections::BTreeSet<_>>(), expected);
        for (range, reason) in [
            ("", "range_empty"),
            ("192.0.2.300", "range_not_an_address"),
            ("example.com", "range_name"),
            ("192.0.2.1-192.0.2.9", "range_span"),
            ("192.0.2.1:443", "range_port"),
            ("[2001:db8::1]", "range_port"),
            ("fe80::1%eth0", "range_zone"),
            ("192.0.02.1", "range_leading_zeros"),
            ("192.0.2.0/33", "range_prefix"),
            ("192.0.2.0/-1", "range_prefix"),
            ("192.0.2.1/24", "range_host_bits"),
            ("2001:db8::1/64", "range_host_bits"),
            (&"1".repeat(65), "range_too_long"),
        ] {
            let body = Some(json!({ "range": range }));
            let refused = desk.administer(Method::POST, &format!("{owner}/addresses"), body).await;
            assert_eq!(code(&refused), (400, "message_malformed"), "{range}");
            assert_eq!(refused.1["reasons"], json!([reason]), "{range}");
        }
    }
    let mut wrong = not_now();
    wrong["zone"] = json!("Mars/Olympus");
    let refused = desk.administer(Method::PUT, &format!("{account}/hours"), Some(json!({ "hours": wrong }))).await;
    assert_eq!((refused.0, &refused.1["reasons"]), (400, &json!(["hours_zone_unknown"])));
}

#[actix_web::test]
async fn own_lists_and_those_of_groups_count_together_at_the_sign_in() {
    let desk = Desk::open().await;
    let kim = desk.broker.add_operator("Kim");
    let sign_in = async || {
        let answer = desk.broker.try_sign_in("Kim", &kim.password).await;
        (answer.0, answer.1["code"].as_str().unwrap_or_default().to_owned())
    };
    let admitted = (200, String::new());
    let refused = (403, "address_refused".to_owned());
    let own = desk.list(&format!("accounts/{}", kim.id), ELSEWHERE).await;
    assert_eq!(sign_in().await, refused);
    assert_eq!(desk.broker.log()["sign_ins"][0]["outcome"], "address_refused");
    let group = desk.group("Day", &[&kim.id]).await;
    let entry = desk.list(&group, "127.0.0.0/8").await;
    assert_eq!(sign_in().await, admitted);
    let member = format!("{group}/members/{}", kim.id);
    assert_eq!(desk.administer(Method::DELETE, &member, None).await.0, 204);
    assert_eq!(sign_in().await, refused, "the list of a group that one has left");
    assert_eq!(desk.administer(Method::PUT, &member, None).await.0, 204);
    assert_eq!(sign_in().await, admitted);
    assert_eq!(desk.administer(Method::DELETE, &entry, None).await.0, 204);
    assert_eq!(sign_in().await, refused);
    desk.list(&group, "::ffff:127.0.0.1").await;
    assert_eq!(sign_in().await, admitted);
    assert_eq!(desk.administer(Method::DELETE, &group, None).await.0, 204);
    assert_eq!(sign_in().await, refused);
    assert_eq!(desk.administer(Method::DELETE, &own, None).await.0, 204);
    assert_eq!(sign_in().await, admitted, "who is on no list may come from anywhere");
    let here = desk.list(&format!("accounts/{}", desk.broker.administrator.id), HERE).await;
    assert!(here.starts_with("accounts/"));
    let strict = json!({ "policy": { "unlisted_addresses": "refused" } });
    assert_eq!(desk.administer(Method::PUT, "policy", Some(strict)).await.0, 200);
    assert_eq!(sign_in().await, refused, "unless the policy says otherwise");
}

#[actix_web::test]
async fn hours_hold_at_the_sign_in_and_for_open_sockets() {
    let desk = Desk::open().await;
    let (kim, lee) = (desk.broker.add_operator("Kim"), desk.broker.add_operator("Lee"));
    let (socket, _) = desk.broker.operator_with_code(&kim).await;
    let hours = async |owner: &str, hours: Value| {
        desk.administer(Method::PUT, &format!("{owner}/hours"), Some(json!({ "hours": hours }))).await.0
    };
    let account = format!("accounts/{}", kim.id);
    let set = async |owner: &str| desk.administer(Method::GET, &format!("{owner}/hours"), None).await;
    assert_eq!(set(&account).await, (200, json!({ "hours": null })));
    let closed = not_now();
    assert_eq!(hours(&account, closed.clone()).await, 204);
    assert_eq!(set(&account).await, (200, json!({ "hours": closed })));
    closes(socket, "hours_refused").await;
    assert_eq!(code(&desk.broker.try_sign_in("Kim", &kim.password).await), (403, "hours_refused"));
    assert_eq!(desk.broker.log()["sign_ins"][0]["outcome"], "hours_refused");
    assert_eq!(hours(&account, Value::Null).await, 204);
    assert_eq!(desk.broker.try_sign_in("Kim", &kim.password).await.0, 200);

    let (socket, _) = desk.broker.operator_with_code(&lee).await;
    let group = desk.group("Night", &[&lee.id]).await;
    let closed = not_now();
    assert_eq!(hours(&group, closed.clone()).await, 204);
    assert_eq!(set(&group).await, (200, json!({ "hours": closed })));
    assert_eq!(set("groups/g-0000000000000000").await.0, 404);
    closes(socket, "hours_refused").await;
    let refused = desk.refused_requests().await;
    let told: Vec<_> = refused.iter().map(|row| (&row["about"], &row["detail"]["error"])).collect();
    let error = json!("hours_refused");
    assert_eq!(told, [(&json!(lee.id), &error), (&json!(kim.id), &error)]);
}

#[actix_web::test]
async fn who_is_connected_is_let_go_of_when_the_address_is_removed() {
    let desk = Desk::open().await;
    let kim = desk.broker.add_operator("Kim");
    let account = format!("accounts/{}", kim.id);
    desk.list(&account, ELSEWHERE).await;
    let here = desk.list(&account, HERE).await;
    let token = desk.broker.sign_in(&kim).await;
    let socket = desk.broker.operator(&token).await;
    assert_eq!(desk.administer(Method::DELETE, &here, None).await.0, 204);
    closes(socket, "address_refused").await;
    let own = desk.broker.build(desk.broker.public(), Method::GET, "own", Some(&token), None);
    assert_eq!(code(&desk.broker.answer(own).await), (401, "signed_out"));
    let refused = &desk.refused_requests().await[0];
    assert_eq!((&refused["about"], &refused["detail"]["route"]), (&json!(kim.id), &json!("socket")));
    assert_eq!(refused["personal"]["place"], HERE);
}

#[actix_web::test]
async fn another_process_removes_an_address_with_the_same_effect() {
    let desk = Desk::open().await;
    let kim = desk.broker.add_operator("Kim");
    let account = format!("accounts/{}", kim.id);
    desk.list(&account, ELSEWHERE).await;
    let here = desk.list(&account, HERE).await;
    let (socket, _) = desk.broker.operator_with_code(&kim).await;
    let storage = desk.broker.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let event = Event::new(Action::AddressRemoved, Actor::CommandLine, Clock::start().now().unix_ms);
    let entry = here.rsplit('/').next().unwrap();
    assert!(writing.remove_address(&Owner::Account(kim.id.parse().unwrap()), entry, event).await.unwrap());
    writing.commit().await.unwrap();
    closes(socket, "address_refused").await;
}

#[actix_web::test]
async fn a_token_is_refused_on_each_request_from_where_it_may_not_be() {
    let desk = Desk::open().await;
    let sue = desk.broker.add("supervisor", "Sue");
    let token = desk.broker.sign_in_to_console(&sue).await;
    let away = desk.broker.client_at([127, 0, 0, 44]);
    let ask = async |client: Option<&reqwest::Client>| {
        let to = desk.broker.administration();
        let request = match client {
            Some(client) => desk.broker.build_with(client, to, Method::GET, "sessions", Some(&token), None),
            None => desk.broker.build(to, Method::GET, "sessions", Some(&token), None),
        };
        let answer = desk.broker.answer(request).await;
        (answer.0, answer.1["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ask(Some(&away)).await.0, 200);
    desk.list(&format!("accounts/{}", sue.id), HERE).await;
    let refused = (403, "address_refused".to_owned());
    assert_eq!(ask(Some(&away)).await, refused, "a stolen token");
    assert_eq!(ask(None).await.0, 200, "does not hurt whom it was stolen from");
    assert_eq!(ask(Some(&away)).await, refused);
    let logged = desk.refused_requests().await;
    assert_eq!(logged.len(), 2);
    for row in logged {
        assert_eq!((&row["account"]["id"], &row["personal"]["place"]), (&json!(sue.id), &json!("127.0.0.44")));
        assert_eq!(row["detail"], json!({ "route": "GET /sessions", "error": "address_refused" }));
    }
}

#[actix_web::test]
async fn a_change_that_locks_its_maker_out_asks_first() {
    let desk = Desk::open().await;
    let me = desk.broker.administrator.id.clone();
    let account = format!("accounts/{me}");
    let strict = json!({ "unlisted_addresses": "refused" });
    let far = desk.group("Far", &[]).await;
    desk.list(&far, ELSEWHERE).await;
    let asks = async |method: Method, path: String, body: Option<Value>| {
        let refused = desk.administer(method, &path, body).await;
        assert_eq!(code(&refused), (409, "would_lock_out"), "{path}");
    };
    let elsewhere = json!({ "range": ELSEWHERE });
    asks(Method::POST, format!("{account}/addresses"), Some(elsewhere.clone())).await;
    asks(Method::PUT, format!("{account}/hours"), Some(json!({ "hours": not_now() }))).await;
    asks(Method::PUT, "policy".to_owned(), Some(json!({ "policy": strict }))).await;
    asks(Method::PUT, format!("{far}/members/{me}"), None).await;

    // In a group that admits, its list, its hours and the membership are what lets the maker in.
    let near = desk.group("Near", &[&me]).await;
    let here = desk.list(&near, HERE).await;
    desk.list(&account, "198.51.100.1").await;
    asks(Method::DELETE, here.clone(), None).await;
    asks(Method::PUT, format!("{near}/hours"), Some(json!({ "hours": not_now() }))).await;
    asks(Method::DELETE, format!("{near}/members/{me}"), None).await;
    asks(Method::DELETE, near.clone(), None).await;
    // What does not lock the maker out is not asked about.
    let kim = desk.broker.add_operator("Kim");
    desk.list(&format!("accounts/{}", kim.id), ELSEWHERE).await;
    assert_eq!(desk.administer(Method::PUT, &format!("{near}/members/{}", kim.id), None).await.0, 204);
    assert_eq!(desk.administer(Method::DELETE, &format!("{near}/members/{}", kim.id), None).await.0, 204);

    assert_eq!(desk.administer(Method::DELETE, &format!("{here}?confirmed=true"), None).await.0, 204);
    let refused = desk.administer(Method::GET, "own", None).await;
    assert_eq!(code(&refused), (403, "address_refused"), "it was meant");
}

#[actix_web::test]
async fn what_is_confirmed_is_done() {
    let desk = Desk::open().await;
    let far = desk.group("Far", &[]).await;
    desk.list(&far, ELSEWHERE).await;
    for (number, (method, path, body)) in [
        (Method::POST, "accounts/ME/addresses", Some(json!({ "range": ELSEWHERE, "confirmed": true }))),
        (Method::PUT, "accounts/ME/hours", Some(json!({ "hours": not_now(), "confirmed": true }))),
        (Method::PUT, "FAR/members/ME?confirmed=true", None),
        (Method::PUT, "policy", Some(json!({ "policy": { "unlisted_addresses": "refused" }, "confirmed": true }))),
    ]
    .into_iter()
    .enumerate()
    {
        let maker = desk.broker.add("administrator", &format!("Maker {number}"));
        let token = desk.broker.sign_in_to_console(&maker).await;
        let step_up = Some(json!({ "second_factor": maker.code() }));
        assert_eq!(desk.broker.administer(Method::POST, "step-up", &token, step_up).await.0, 200);
        let path = path.replace("ME", &maker.id).replace("FAR", &far);
        let (status, answer) = desk.broker.administer(method, &path, &token, body).await;
        assert!(matches!(status, 200..=204), "{path}: {status} {answer}");
        assert_eq!(desk.broker.administer(Method::GET, "own", &token, None).await.0, 403, "{path}");
    }
}
