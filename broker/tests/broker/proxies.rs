//! Whose word about a caller's address counts: that of listed proxies, and no farther than they vouch for it.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::harness::{Account, Broker};

const PROXY: [u8; 4] = [127, 0, 0, 9];
const STRANGER: [u8; 4] = [127, 0, 0, 10];

/// Signs in through a connection of `client`, with header lines in their order; the address that the log has of it, or
/// the code of the refusal.
async fn seen(broker: &Broker, client: &Client, account: &Account, headers: &[(&str, &[u8])]) -> String {
    let body = json!({ "name": account.name, "password": account.password });
    let mut request = broker.build_with(client, broker.public(), Method::POST, "sign-in", None, Some(body));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (status, answer) = broker.answer(request).await;
    if status == 200 {
        let log: Value = broker.log();
        return log["sign_ins"][0]["address"].as_str().unwrap().to_owned();
    }
    answer["code"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn x_forwarded_for_counts_from_a_listed_proxy_only() {
    let broker = Broker::start_with("proxies = { trusted = [\"127.0.0.9\", \"10.0.0.0/8\", \"2001:db8:7::/48\"] }\n");
    let kim = broker.add_operator("Kim");
    let (proxy, stranger) = (broker.client_at(PROXY), broker.client_at(STRANGER));
    let header = "x-forwarded-for";
    for (lines, from_proxy) in [
        (&[][..], "127.0.0.9"),
        (&["203.0.113.7"], "203.0.113.7"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["[2001:db8::1]:443"], "2001:db8::1"),
        (&["::ffff:203.0.113.7"], "203.0.113.7"),
        // What stands left of the first address that no proxy has is what that client claims.
        (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (&["nonsense, 203.0.113.7"], "203.0.113.7"),
        (&["10.1.2.3, 203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7, 10.1.2.3, 127.0.0.9"], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7", "2001:db8:7::2, 10.1.2.3"], "203.0.113.7"),
        // A proxy that asks for itself.
        (&["10.1.2.3"], "10.1.2.3"),
        (&["nonsense"], "message_malformed"),
        (&["203.0.113.7, nonsense"], "message_malformed"),
        (&["203.0.113.7,"], "message_malformed"),
        (&["203.0.113.7, unknown"], "message_malformed"),
        (&["fe80::1%eth0"], "message_malformed"),
        (&[""], "message_malformed"),
        (&["203.0.113.7, \u{e9}"], "message_malformed"),
    ] {
        let lines: Vec<_> = lines.iter().map(|line| (header, line.as_bytes())).collect();
        assert_eq!(seen(&broker, &proxy, &kim, &lines).await, from_proxy, "{lines:?}");
        assert_eq!(seen(&broker, &stranger, &kim, &lines).await, "127.0.0.10", "{lines:?} from a stranger");
    }
    // The header that these proxies don't write is whatever a client sent.
    let other = [("forwarded", "for=203.0.113.7".as_bytes()), ("x-real-ip", b"203.0.113.7")];
    assert_eq!(seen(&broker, &proxy, &kim, &other).await, "127.0.0.9");
    let hops = vec!["10.1.2.3"; 40].join(",");
    assert_eq!(seen(&broker, &proxy, &kim, &[(header, hops.as_bytes())]).await, "message_malformed");
}

#[actix_web::test]
async fn forwarded_counts_where_proxies_write_it() {
    let broker = Broker::start_with("proxies = { trusted = [\"127.0.0.9\"], header = \"forwarded\" }\n");
    let kim = broker.add_operator("Kim");
    let (proxy, stranger) = (broker.client_at(PROXY), broker.client_at(STRANGER));
    for (line, from_proxy) in [
        ("for=203.0.113.7;proto=https", "203.0.113.7"),
        ("For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
        ("for=198.51.100.1, for=203.0.113.7", "203.0.113.7"),
        ("for=\"a, for=198.51.100.1\", for=203.0.113.7;by=127.0.0.9", "203.0.113.7"),
        ("for=unknown", "message_malformed"),
        ("for=_hidden", "message_malformed"),
        ("proto=https", "message_malformed"),
        ("for=\"203.0.113.7", "message_malformed"),
    ] {
        let headers = [("forwarded", line.as_bytes()), ("x-forwarded-for", b"198.51.100.9")];
        assert_eq!(seen(&broker, &proxy, &kim, &headers).await, from_proxy, "{line}");
        assert_eq!(seen(&broker, &stranger, &kim, &headers).await, "127.0.0.10", "{line} from a stranger");
    }
}

#[actix_web::test]
async fn lists_hold_for_the_address_that_the_proxy_vouches_for() {
    let broker = Broker::start_with("proxies = { trusted = [\"127.0.0.9\"] }\n");
    let administrator = broker.stepped_up().await;
    let kim = broker.add_operator("Kim");
    let path = format!("accounts/{}/addresses", kim.id);
    for range in ["203.0.113.0/24", "2001:db8:5::/48"] {
        let listed = broker.administer(Method::POST, &path, &administrator, Some(json!({ "range": range }))).await;
        assert_eq!(listed.0, 201);
    }
    let (proxy, stranger) = (broker.client_at(PROXY), broker.client_at(STRANGER));
    for (client, claimed, seen_as) in [
        (&proxy, "203.0.113.7", "203.0.113.7"),
        (&proxy, "2001:db8:5::9", "2001:db8:5::9"),
        (&proxy, "203.0.113.7, 198.51.100.1", "address_refused"),
        (&proxy, "2001:db8:6::9", "address_refused"),
        (&stranger, "203.0.113.7", "address_refused"),
    ] {
        let headers = [("x-forwarded-for", claimed.as_bytes())];
        assert_eq!(seen(&broker, client, &kim, &headers).await, seen_as, "{claimed}");
    }
}
