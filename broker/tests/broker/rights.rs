//! The table of rights, as the running program keeps it: every route, for every kind of caller, on both listeners.

use std::collections::BTreeSet;

use beside_broker::http::REASON_HEADER;
use beside_broker::http::rights::{Access, Listener, Scope};
use beside_broker::http::routes::{Route, TABLE};
use beside_protocol::api::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::console::{self, Browser};
use crate::harness::{Account, Broker};

/// What stands for every parameter of a path: the id of nothing, so that whoever is let through destroys nothing.
const NOTHING: &str = "x-0000000000000000";

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Anonymous,
    SignedIn {
        role: Role,
        /// Whether the second factor was given again.
        stepped_up: bool,
        /// Whether there is a reason.
        reason: bool,
    },
    /// Programs say why, too.
    Program(Scope),
}

/// How a caller shows who it is.
#[derive(Clone)]
enum Shown {
    Nothing,
    Bearer(String),
    /// With what browsers send besides.
    Cookie(Browser),
}

/// Somebody who tries.
struct Member {
    who: Who,
    shown: Shown,
    /// By which the log knows it.
    id: String,
}

impl Member {
    /// What it is on a listener: cookies are for the console.
    fn on(&self, listener: Listener) -> Who {
        match self.shown {
            Shown::Cookie(_) if listener == Listener::Public => Who::Anonymous,
            Shown::Nothing | Shown::Bearer(_) | Shown::Cookie(_) => self.who,
        }
    }
}

/// What the table says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Verdict {
    NotHere,
    Refused(u16, &'static str),
    LetThrough,
}

fn verdict(route: &Route, listener: Listener, who: Who) -> Verdict {
    if !route.listener.serves(listener) {
        return Verdict::NotHere;
    }
    let Access::Roles(granted) = route.access else { return Verdict::LetThrough };
    let known = match who {
        Who::Anonymous => return Verdict::Refused(401, "signed_out"),
        Who::SignedIn { role, .. } => granted.roles.contains(&role),
        Who::Program(scope) => granted.scope == Some(scope),
    };
    match who {
        _ if !known => Verdict::Refused(403, "forbidden"),
        Who::SignedIn { stepped_up: false, .. } if granted.sensitive => Verdict::Refused(403, "step_up_needed"),
        Who::SignedIn { reason: false, .. } if granted.sensitive => Verdict::Refused(422, "reason_needed"),
        Who::Anonymous | Who::SignedIn { .. } | Who::Program(_) => Verdict::LetThrough,
    }
}

/// Everybody who tries.
struct Cast {
    members: Vec<Member>,
    /// Those who sign out; each sign-in does so once.
    leavers: Vec<(Role, Account)>,
}

impl Cast {
    async fn gather(broker: &Broker) -> Self {
        let mut members = vec![Member { who: Who::Anonymous, shown: Shown::Nothing, id: String::new() }];
        let stepped_up = broker.stepped_up().await;
        for (token, stepped_up) in
            [(broker.sign_in_to_console(&broker.administrator).await, false), (stepped_up.clone(), true)]
        {
            for reason in [false, true] {
                let who = Who::SignedIn { role: Role::Administrator, stepped_up, reason };
                members.push(Member { who, shown: Shown::Bearer(token.clone()), id: broker.administrator.id.clone() });
            }
        }
        for (role, name) in [(Role::Supervisor, "supervisor"), (Role::Operator, "operator"), (Role::Auditor, "auditor")]
        {
            let account = broker.add(name, name);
            let who = Who::SignedIn { role, stepped_up: false, reason: true };
            members.push(Member { who, shown: Shown::Bearer(sign_in(broker, role, &account).await), id: account.id });
        }
        let who = Who::SignedIn { role: Role::Administrator, stepped_up: true, reason: true };
        let shown = Shown::Cookie(console::stepped_up(broker).await);
        members.push(Member { who, shown, id: broker.administrator.id.clone() });
        let account = broker.add("supervisor", "supervisor at a browser");
        let who = Who::SignedIn { role: Role::Supervisor, stepped_up: false, reason: true };
        members.push(Member { who, shown: Shown::Cookie(console::open(broker, &account).await), id: account.id });
        for scope in Scope::ALL {
            let body = json!({ "name": scope.as_str(), "scopes": [scope.as_str()], "days": 1 });
            let (status, made) = broker.administer(Method::POST, "tokens", &stepped_up, Some(body)).await;
            assert_eq!(status, 201, "{made}");
            let token = made["token"].as_str().unwrap().to_owned();
            let id = format!("token:{}", made["entry"]["id"].as_str().unwrap());
            members.push(Member { who: Who::Program(*scope), shown: Shown::Bearer(token), id });
        }
        let leavers = ["administrator", "supervisor", "operator", "auditor"].map(|name| {
            let account = broker.add(name, &format!("{name} who leaves"));
            let role = serde_json::from_value(json!(name)).unwrap();
            (role, account)
        });
        Self { members, leavers: leavers.into() }
    }

    /// What `member` shows to take the route: whoever signs out does it with a sign-in of its own.
    async fn shown(&self, broker: &Broker, route: &Route, member: &Member) -> Shown {
        let Who::SignedIn { role, .. } = member.who else { return member.shown.clone() };
        if route.path != "/sign-out" {
            return member.shown.clone();
        }
        let (_, account) = self.leavers.iter().find(|(leaver, _)| *leaver == role).unwrap();
        match member.shown {
            Shown::Cookie(_) => Shown::Cookie(console::open(broker, account).await),
            Shown::Nothing | Shown::Bearer(_) => Shown::Bearer(sign_in(broker, role, account).await),
        }
    }
}

async fn sign_in(broker: &Broker, role: Role, account: &Account) -> String {
    match role {
        Role::Operator => broker.sign_in(account).await,
        Role::Administrator | Role::Supervisor | Role::Auditor => broker.sign_in_to_console(account).await,
    }
}

fn request(broker: &Broker, listener: Listener, route: &Route, shown: &Shown, reason: bool) -> RequestBuilder {
    let to = if listener == Listener::Public { broker.public() } else { broker.administration() };
    let path: Vec<_> = route
        .path
        .trim_start_matches('/')
        .split('/')
        .map(|part| if part.starts_with('{') { NOTHING } else { part })
        .collect();
    let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
    // An empty object lacks what a handler needs, or asks it to change what does not exist.
    let body = (method != Method::GET).then(|| json!({}));
    let request = broker.build(to, method, &path.join("/"), None, body);
    let request = match shown {
        Shown::Nothing => request,
        Shown::Bearer(token) => request.bearer_auth(token),
        Shown::Cookie(browser) => request.header("cookie", &browser.cookie).header("beside-csrf", &browser.csrf),
    };
    if reason { request.header(REASON_HEADER, "because") } else { request }
}

#[actix_web::test]
async fn every_route_lets_through_whom_the_table_names_and_nobody_else() {
    let broker = Broker::start();
    let cast = Cast::gather(&broker).await;
    let mut refused = Vec::new();
    for route in TABLE {
        for listener in [Listener::Public, Listener::Administration] {
            for member in &cast.members {
                let (who, id) = (&member.on(listener), &member.id);
                let shown = cast.shown(&broker, route, member).await;
                let reason = matches!(who, Who::SignedIn { reason: true, .. } | Who::Program(_));
                let (status, answer) = broker.answer(request(&broker, listener, route, &shown, reason)).await;
                let code = answer["code"].as_str().unwrap_or_default();
                let case = format!("{} {} on {listener:?} for {who:?}: {status} {code}", route.method, route.path);
                match verdict(route, listener, *who) {
                    Verdict::NotHere => assert_eq!((status, code), (404, "not_found"), "{case}"),
                    Verdict::Refused(expected, why) => {
                        assert_eq!((status, code), (expected, why), "{case}");
                        if expected == 403 {
                            refused.push((id.clone(), format!("{} {}", route.method, route.path), why.to_owned()));
                        }
                    }
                    Verdict::LetThrough => {
                        let there = status != 404 || route.path.contains('{');
                        let refused = matches!(status, 401 | 403) || status >= 500 || code == "reason_needed";
                        assert!(there && !refused, "{case}");
                    }
                }
            }
        }
    }
    assert!(refused.len() > 2 * TABLE.len(), "{} is too few to mean anything", refused.len());
    let auditor = broker.sign_in_to_console(&broker.add("auditor", "reader")).await;
    let logged: Vec<_> = broker.audited(&auditor, "access.refused").await.iter().map(told).collect();
    let surplus = |more: &[_], less: &[_]| -> Vec<_> {
        let mut rest = less.to_vec();
        more.iter()
            .filter(|row| rest.iter().position(|other| other == *row).map(|at| rest.remove(at)).is_none())
            .cloned()
            .collect()
    };
    assert_eq!(surplus(&refused, &logged), [], "refusals of somebody who is known that are not in the log");
    assert_eq!(surplus(&logged, &refused), [], "rows of the log that nobody's refusal made");
}

/// Who was refused what, and why, as a row of the log tells it.
fn told(row: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let who = if row["account"].is_null() { text(&row["via"]) } else { text(&row["account"]["id"]) };
    assert_eq!(row["personal"]["place"], "127.0.0.1", "{row}");
    (who, text(&row["detail"]["route"]), text(&row["detail"]["error"]))
}

#[test]
fn no_route_stands_in_the_table_twice() {
    let rows: BTreeSet<_> = TABLE.iter().map(|route| (route.method.as_str(), route.path)).collect();
    assert_eq!(rows.len(), TABLE.len());
}

#[actix_web::test]
async fn what_a_handler_refuses_is_logged_too() {
    let broker = Broker::start();
    let auditor = broker.add("auditor", "without a second factor");
    let token = broker.sign_in_to_console(&auditor).await;
    let code = Some(json!({ "second_factor": "123456" }));
    let (status, answer) = broker.administer(Method::POST, "step-up", &token, code).await;
    assert_eq!((status, answer["code"].as_str()), (403, Some("second_factor_missing")));
    let operator = broker.add_operator("Kim");
    let bearer = format!("Bearer {}", broker.sign_in(&operator).await);
    let headers = [("origin", "https://evil.example"), ("authorization", bearer.as_str())];
    assert_eq!(broker.try_socket("operator", &headers).await.err(), Some(403));
    let logged: Vec<_> = broker.audited(&token, "access.refused").await.iter().map(told).collect();
    let expected =
        [(operator.id, "GET /signal/operator", "forbidden"), (auditor.id, "POST /step-up", "second_factor_missing")];
    assert_eq!(logged, expected.map(|(who, route, error)| (who, route.to_owned(), error.to_owned())));
}

#[actix_web::test]
async fn a_reason_is_some_words() {
    let broker = Broker::start();
    let token = broker.stepped_up().await;
    let long = "%EA%B9%80".repeat(500);
    let too_long = format!("{long}x");
    for (reason, good) in [
        ("abc", true),
        ("%EA%B9%80%EB%AF%BC%EC%88%98", true),
        (long.as_str(), true),
        (too_long.as_str(), false),
        ("", false),
        ("ab", false),
        ("%20%20%20%20ab%20%20", false),
        ("abc%0Adef", false),
        ("abc%00", false),
        ("abc%FF", false),
    ] {
        let path = format!("accounts/{NOTHING}/end");
        let request = broker.build(broker.administration(), Method::POST, &path, Some(&token), None);
        let (status, answer) = broker.answer(request.header(REASON_HEADER, reason)).await;
        let expected = if good { (404, "not_found") } else { (422, "reason_needed") };
        assert_eq!((status, answer["code"].as_str().unwrap()), expected, "{reason}");
    }
}
