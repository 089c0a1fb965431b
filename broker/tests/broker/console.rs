//! Sign-ins by cookie: what a browser has to show, and what another site can't make it show.

use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::account_links::PASSWORD;
use crate::harness::{Account, Broker};

/// A browser in which somebody is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// As the browser sends it: name and value.
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";

/// The cookie that an answer sets; it says so in the only right way.
fn set_cookie(headers: &HeaderMap) -> String {
    let set: Vec<_> = headers.get_all(SET_COOKIE).iter().collect();
    let [set] = set[..] else { panic!("{set:?}") };
    let cookie = set.to_str().unwrap().strip_suffix(ATTRIBUTES).unwrap_or_else(|| panic!("{set:?}"));
    assert_eq!(cookie.strip_prefix("__Host-beside=").unwrap().len(), 43, "{cookie}");
    cookie.to_owned()
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

fn request_sign_in(broker: &Broker, account: &Account) -> RequestBuilder {
    let body = json!({ "name": account.name, "password": account.password, "second_factor": account.code() });
    broker.build(broker.administration(), Method::POST, "console/sign-in", None, Some(body))
}

async fn browser_of(broker: &Broker, request: RequestBuilder) -> (Browser, Value) {
    let answer = broker.send(request).await;
    assert_eq!(answer.status(), 200);
    let cookie = set_cookie(answer.headers());
    let said: Value = answer.json().await.unwrap();
    (Browser { cookie, csrf: said["csrf"].as_str().unwrap().to_owned() }, said)
}

/// Signs a browser in.
pub(crate) async fn open(broker: &Broker, account: &Account) -> Browser {
    browser_of(broker, request_sign_in(broker, account)).await.0
}

/// The administrator's browser, after the second factor was given again.
pub(crate) async fn stepped_up(broker: &Broker) -> Browser {
    let browser = open(broker, &broker.administrator).await;
    let body = json!({ "second_factor": broker.administrator.code() });
    browser_of(broker, by(broker, &browser, Method::POST, "step-up", Some(body))).await.0
}

/// A request of the console's scripts, as browsers send it, with a reason.
pub(crate) fn by(
    broker: &Broker,
    browser: &Browser,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> RequestBuilder {
    let request = broker.build(broker.administration(), method, path, None, body);
    request
        .header("cookie", format!("theme=dark; {}", browser.cookie))
        .header("beside-csrf", &browser.csrf)
        .header("beside-reason", "because%20of%20a%20test")
}

/// What is answered to the console's scripts.
pub(crate) async fn ask(
    broker: &Broker,
    browser: &Browser,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    broker.answer(by(broker, browser, method, path, body)).await
}

#[actix_web::test]
async fn a_cookie_signs_in_where_the_console_is_and_nowhere_else() {
    let broker = Broker::start();
    let auditor = broker.add("auditor", "Sora");
    let (browser, said) = browser_of(&broker, request_sign_in(&broker, &auditor)).await;
    assert_eq!(said["account"], json!({ "id": auditor.id, "name": "Sora", "role": "auditor" }));
    let own = ask(&broker, &browser, Method::GET, "own", None).await.1;
    assert_eq!((&own["id"], &own["csrf"]), (&json!(auditor.id), &json!(browser.csrf)));
    assert_eq!(own.get("stepped_up_until"), None);
    assert_eq!(ask(&broker, &browser, Method::GET, "sessions", None).await.0, 200);

    let with = |to, cookie: &str| broker.build(to, Method::GET, "own", None, None).header("cookie", cookie);
    let (console, public) = (broker.administration(), broker.public());
    let value = browser.cookie.split_once('=').unwrap().1;
    let twice = format!("{0}; {0}", browser.cookie);
    for (request, answer) in [
        (with(console, &browser.cookie), (200, "")),
        (with(public, &browser.cookie), (401, "signed_out")),
        (with(console, &format!("beside={value}")), (401, "signed_out")),
        (with(console, &format!("__Host-beside={}x", &value[..42])), (401, "signed_out")),
        (with(console, "__Host-beside="), (401, "signed_out")),
        (with(console, &twice), (400, "message_malformed")),
        (with(console, &browser.cookie).header("cookie", &browser.cookie), (400, "message_malformed")),
        (broker.build(console, Method::GET, "own", Some(value), None), (401, "signed_out")),
    ] {
        let case = format!("{request:?}");
        assert_eq!(code(&broker.answer(request).await), answer, "{case}");
    }

    // A bearer token is no cookie either, and whoever shows both shows nothing.
    let bearer = broker.sign_in_to_console(&auditor).await;
    let planted = with(console, &format!("__Host-beside={bearer}"));
    assert_eq!(code(&broker.answer(planted).await), (401, "signed_out"));
    for authorization in [format!("Bearer {bearer}"), "Basic a2ltOmtpbQ==".to_owned()] {
        let both = by(&broker, &browser, Method::GET, "own", None).header("authorization", authorization);
        assert_eq!(code(&broker.answer(both).await), (400, "message_malformed"));
    }
    let both = with(public, &browser.cookie).bearer_auth(&bearer);
    assert_eq!(broker.answer(both).await.0, 200, "there the cookie means nothing");

    let operator = broker.add_operator("Kim");
    assert_eq!(code(&broker.answer(request_sign_in(&broker, &operator)).await), (403, "forbidden"));
    let public = broker.build(public, Method::POST, "console/sign-in", None, Some(json!({})));
    assert_eq!(broker.answer(public).await.0, 404);
}

#[actix_web::test]
async fn a_sign_in_by_cookie_is_defended_as_the_other_is() {
    let broker = Broker::start();
    let sora = broker.add("auditor", "Sora");
    let wrong = json!({ "name": "Sora", "password": "wrong" });
    let try_at = async |path| {
        broker.answer(broker.build(broker.administration(), Method::POST, path, None, Some(wrong.clone()))).await
    };
    for path in ["console/sign-in", "sign-in", "console/sign-in"] {
        assert_eq!(code(&try_at(path).await), (401, "sign_in_refused"));
    }
    assert_eq!(code(&broker.answer(request_sign_in(&broker, &sora)).await), (429, "too_many_tries"));
    let administrator = &broker.administrator;
    let body = json!({ "name": administrator.name, "password": administrator.password });
    let without = broker.build(broker.administration(), Method::POST, "console/sign-in", None, Some(body));
    assert_eq!(code(&broker.answer(without).await), (401, "second_factor_needed"));
}

#[actix_web::test]
async fn what_other_sites_ask_for_is_refused_and_logged() {
    let broker = Broker::start();
    let browser = open(&broker, &broker.administrator).await;
    let other = open(&broker, &broker.add("auditor", "Sora")).await;
    let own = format!("https://{}", broker.administration());
    let foreign = format!("https://{}", broker.public());
    let bare = |method, path| {
        broker.build(broker.administration(), method, path, None, Some(json!({}))).header("cookie", &browser.cookie)
    };
    let post = || bare(Method::POST, "groups");
    let get = || bare(Method::GET, "accounts");
    let csrf = "beside-csrf";
    let mut refused = 0;
    for (request, let_through) in [
        (post(), false),
        (post().header(csrf, ""), false),
        (post().header(csrf, &browser.csrf[1..]), false),
        (post().header(csrf, &other.csrf), false),
        (post().header(csrf, browser.cookie.split_once('=').unwrap().1), false),
        (post().header(csrf, &browser.csrf), true),
        (post().header(csrf, &browser.csrf).header("origin", &own), true),
        (post().header(csrf, &browser.csrf).header("origin", &own).header("sec-fetch-site", "same-origin"), true),
        (post().header(csrf, &browser.csrf).header("origin", &foreign), false),
        (post().header(csrf, &browser.csrf).header("origin", own.replace("https", "http")), false),
        (post().header(csrf, &browser.csrf).header("origin", "null"), false),
        (post().header(csrf, &browser.csrf).header("origin", &own).header("origin", &foreign), false),
        (post().header(csrf, &browser.csrf).header("sec-fetch-site", "same-site"), false),
        (post().header(csrf, &browser.csrf).header("sec-fetch-site", "cross-site"), false),
        (post().header(csrf, &browser.csrf).header("sec-fetch-site", "none"), false),
        (post().header("sec-fetch-site", "same-origin").header("origin", &own), false),
        (get(), true),
        (get().header("sec-fetch-site", "same-origin"), true),
        (get().header("sec-fetch-site", "none"), true),
        (get().header("sec-fetch-site", "same-site"), false),
        (get().header("sec-fetch-site", "cross-site"), false),
    ] {
        let case = format!("{request:?}");
        let answer = broker.answer(request).await;
        if let_through {
            assert!(!matches!(answer.0, 401 | 403), "{case}: {answer:?}");
        } else {
            assert_eq!(code(&answer), (403, "csrf_refused"), "{case}");
            refused += 1;
        }
    }
    let bearer = broker.sign_in_to_console(&broker.administrator).await;
    let rows = broker.audited(&bearer, "access.refused").await;
    let told =
        |row: &&Value| row["detail"]["error"] == "csrf_refused" && row["account"]["id"] == broker.administrator.id;
    assert_eq!((rows.iter().filter(told).count(), rows.len()), (refused, refused));

    // With a cookie that is worth nothing there is nobody to log it of.
    let stranger = broker.build(broker.administration(), Method::POST, "groups", None, Some(json!({})));
    let stranger = stranger.header("cookie", format!("__Host-beside={}", "A".repeat(43)));
    assert_eq!(code(&broker.answer(stranger).await), (401, "signed_out"));
    // Nor can another site sign somebody in as somebody else.
    for (name, value) in [("origin", foreign.as_str()), ("sec-fetch-site", "cross-site")] {
        let request = request_sign_in(&broker, &broker.add("auditor", &format!("Jun {name}")));
        assert_eq!(code(&broker.answer(request.header(name, value)).await), (403, "csrf_refused"));
    }
}

#[actix_web::test]
async fn the_second_factor_renews_the_cookie_and_the_old_one_is_dead() {
    let mut broker = Broker::start();
    let old = open(&broker, &broker.administrator).await;
    assert_eq!(code(&ask(&broker, &old, Method::POST, "accounts", Some(json!({}))).await), (403, "step_up_needed"));
    let body = json!({ "second_factor": broker.administrator.code() });
    let (new, said) = browser_of(&broker, by(&broker, &old, Method::POST, "step-up", Some(body))).await;
    assert!(new.cookie != old.cookie && new.csrf != old.csrf);
    let left = said["until"].as_i64().unwrap() - crate::retention::now();
    assert!((290_000..=300_000).contains(&left), "{left}");
    assert_eq!(code(&ask(&broker, &old, Method::GET, "own", None).await), (401, "signed_out"));
    let mixed = Browser { csrf: old.csrf.clone(), ..new.clone() };
    assert_eq!(code(&ask(&broker, &mixed, Method::POST, "groups", Some(json!({}))).await), (403, "csrf_refused"));
    let own = ask(&broker, &new, Method::GET, "own", None).await.1;
    assert_eq!((&own["csrf"], &own["stepped_up_until"]), (&json!(new.csrf), &said["until"]));
    assert_eq!(ask(&broker, &new, Method::POST, "accounts", Some(json!({}))).await.0, 400, "it is allowed now");
    broker.restart();
    assert_eq!(code(&ask(&broker, &old, Method::GET, "own", None).await), (401, "signed_out"));
    assert_eq!(ask(&broker, &new, Method::GET, "own", None).await.0, 200);

    // Programs and scripts keep their token.
    let bearer = broker.sign_in_to_console(&broker.administrator).await;
    let body = Some(json!({ "second_factor": broker.administrator.code() }));
    let answer = broker.send(broker.build(broker.administration(), Method::POST, "step-up", Some(&bearer), body)).await;
    assert!(!answer.headers().contains_key(SET_COOKIE));
    let (status, said) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, 200, "{said}");
    assert_eq!(said.as_object().unwrap().keys().collect::<Vec<_>>(), ["until"]);
    let own = broker.administer(Method::GET, "own", &bearer, None).await.1;
    assert_eq!((own.get("csrf"), &own["stepped_up_until"]), (None, &said["until"]));
}

#[actix_web::test]
async fn a_cookie_ends_with_its_sign_in_whoever_ends_it() {
    let broker = Broker::start();
    let sora = broker.add("auditor", "Sora");
    let dead =
        async |browser: &Browser| code(&ask(&broker, browser, Method::GET, "own", None).await) == (401, "signed_out");
    let first = open(&broker, &sora).await;
    let answer = broker.send(by(&broker, &first, Method::POST, "sign-out", None)).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()[SET_COOKIE], format!("__Host-beside={ATTRIBUTES}; Max-Age=0"));
    assert!(dead(&first).await);

    // A browser that is signed in again has one sign-in, not two.
    let first = open(&broker, &sora).await;
    let again = request_sign_in(&broker, &sora).header("cookie", &first.cookie);
    let (second, _) = browser_of(&broker, again).await;
    assert!(dead(&first).await && !dead(&second).await);
    let failed = json!({ "name": "Sora", "password": "wrong" });
    let failed = broker.build(broker.administration(), Method::POST, "console/sign-in", None, Some(failed));
    assert_eq!(broker.answer(failed.header("cookie", &second.cookie)).await.0, 401);
    assert!(!dead(&second).await, "nobody is signed out by somebody who fails to sign in");

    let elsewhere = open(&broker, &sora).await;
    let change = json!({ "old": sora.password, "new": PASSWORD });
    assert_eq!(ask(&broker, &second, Method::POST, "own/password", Some(change)).await.0, 204);
    assert!(dead(&elsewhere).await && !dead(&second).await);

    let administrator = broker.stepped_up().await;
    let listed = Some(json!({ "range": "192.0.2.0/24" }));
    let path = format!("accounts/{}/addresses", sora.id);
    assert_eq!(broker.administer(Method::POST, &path, &administrator, listed).await.0, 201);
    assert_eq!(code(&ask(&broker, &second, Method::GET, "own", None).await), (403, "address_refused"));
    let here = Some(json!({ "range": "127.0.0.1" }));
    assert_eq!(broker.administer(Method::POST, &path, &administrator, here).await.0, 201);
    assert!(!dead(&second).await);
    let path = format!("accounts/{}/end", sora.id);
    assert_eq!(broker.administer(Method::POST, &path, &administrator, None).await.0, 204);
    assert!(dead(&second).await);
}
