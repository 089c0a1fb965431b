//! What somebody whom nobody knows finds on each listener: the pages, the few open rows of the table, and nothing else.

use std::collections::BTreeSet;

use beside_broker::http::rights::{Access, Listener};
use beside_broker::http::routes::TABLE;
use reqwest::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE, VARY,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};

use crate::harness::Broker;

const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
/// The page that is the same wherever it is served.
const PAGE: &str = "<!doctype html>";

struct Stranger<'a> {
    broker: &'a Broker,
    client: Client,
}

impl Stranger<'_> {
    async fn ask(&self, listener: Listener, method: &Method, path: &str) -> Response {
        let to = if listener == Listener::Public { self.broker.public() } else { self.broker.administration() };
        self.broker.send(self.client.request(method.clone(), format!("https://{to}{path}"))).await
    }
}

/// Every path that leads anywhere on either listener, and some that must not.
fn paths(asset: &str) -> BTreeSet<String> {
    let pages = ["/", "/account", "/console", "/console/", "/console/wall", "/console/sessions/x/y", "/console.html"];
    let others =
        ["/index.html", "/assets/", "/assets/none.js", "/assets/..%2f..%2findex.html", "/api", "/api/v1", "/metrics"];
    let served = ["/.well-known/security.txt", "/api/openapi.json"];
    let routes = TABLE.iter().map(|route| format!("/api/v1{}", route.path.replace(['{', '}'], "")));
    let fixed = pages.into_iter().chain(others).chain(served).chain([asset]);
    fixed.map(str::to_owned).chain(routes).collect()
}

#[actix_web::test]
async fn a_stranger_finds_the_pages_and_the_open_rows_of_the_table_only() {
    let broker = Broker::start_with("[organisation]\nsecurity_contact = \"mailto:security@example.com\"\n");
    let stranger = Stranger { broker: &broker, client: broker.stranger(Policy::none()) };
    let home = stranger.ask(Listener::Public, &Method::GET, "/").await.text().await.unwrap();
    assert!(home.to_lowercase().starts_with(PAGE), "{home:.100}");
    let asset = home.split('"').find(|part| part.starts_with("/assets/")).unwrap().to_owned();
    let mut found = BTreeSet::new();
    for listener in [Listener::Public, Listener::Administration] {
        for path in paths(&asset) {
            for method in &METHODS {
                let answer = stranger.ask(listener, method, &path).await;
                let (status, case) = (answer.status().as_u16(), format!("{method} {path} on {listener:?}"));
                assert!(!answer.headers().contains_key(SET_COOKIE), "{case}");
                match status {
                    200..=299 => {
                        found.insert((format!("{listener:?}"), format!("{method} {path}")));
                    }
                    303 => assert_eq!(
                        (case.as_str(), &answer.headers()[LOCATION]),
                        ("GET / on Administration", &"/console".parse().unwrap())
                    ),
                    400 | 401 | 404 | 405 => {}
                    _ => panic!("{case}: {status}"),
                }
                if path.starts_with("/console") && !path.starts_with("/console.") && status == 200 {
                    assert_eq!(answer.headers()[CACHE_CONTROL], "no-store", "{case}");
                    assert_eq!(answer.headers()[CONTENT_TYPE], "text/html", "{case}");
                    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
                    assert!(policy.starts_with("default-src 'self'; object-src 'none'; base-uri 'none';"), "{policy}");
                    assert_eq!(answer.text().await.unwrap(), home, "{case}: the page is the same for everybody");
                }
            }
        }
    }
    let open = |listener: Listener, paths: &[&str]| -> Vec<_> {
        paths.iter().map(|path| (format!("{listener:?}"), format!("GET {path}"))).collect()
    };
    let mut expected: BTreeSet<_> = open(
        Listener::Public,
        &["/", "/account", "/.well-known/security.txt", "/api/v1/health", "/api/v1/about", &asset],
    )
    .into_iter()
    .chain(open(Listener::Administration, &["/console", "/console/", "/console/wall", "/console/sessions/x/y"]))
    .chain(open(Listener::Administration, &["/api/openapi.json", "/api/v1/health", &asset]))
    .collect();
    let missing: Vec<_> = expected.difference(&found).cloned().collect();
    found.retain(|row| !expected.remove(row));
    assert_eq!((found, missing), (BTreeSet::new(), vec![]));
    // What is open and not in that list has to be asked for with something that a stranger does not have.
    let asking: Vec<_> =
        TABLE.iter().filter(|route| matches!(route.access, Access::Anyone)).map(|route| route.path).collect();
    assert_eq!(
        asking,
        [
            "/health",
            "/about",
            "/account-link/open",
            "/account-link/judge",
            "/account-link/finish",
            "/sign-in",
            "/console/sign-in",
            "/signal/customer",
            "/rating",
            "/live/socket"
        ]
    );
}

#[actix_web::test]
async fn what_a_page_loads_comes_packed_to_whoever_takes_that() {
    let broker = Broker::start();
    let stranger = Stranger { broker: &broker, client: broker.stranger(Policy::none()) };
    let home = stranger.ask(Listener::Public, &Method::GET, "/").await.text().await.unwrap();
    let script = home.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js")).unwrap();
    let address = format!("https://{}{script}", broker.public());
    let mut sizes = Vec::new();
    for (takes, coding) in [
        ("gzip, deflate, br", Some("br")),
        ("br;q=0.1, identity;q=0.5", None),
        ("br;q=0", None),
        ("gzip", None),
        (";;q=many", None),
        ("", None),
    ] {
        let asked = stranger.client.get(&address).header(ACCEPT_ENCODING, takes.as_bytes());
        let answer = broker.send(asked).await;
        assert_eq!(answer.status(), 200, "{takes:?}");
        let said = answer.headers().get(CONTENT_ENCODING).map(|coding| coding.to_str().unwrap().to_owned());
        assert_eq!(said.as_deref(), coding, "{takes:?}");
        assert_eq!(answer.headers()[VARY], "Accept-Encoding", "{takes:?}");
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/javascript", "{takes:?}");
        sizes.push(answer.bytes().await.unwrap().len());
    }
    assert!(sizes[0] * 2 < sizes[1], "{sizes:?}");
    assert!(sizes[1..].iter().all(|size| *size == sizes[1]), "{sizes:?}");
}
