//! Whose address a request has and whether it is admitted, row by row: rules × proxies × peer × headers.
#![expect(clippy::unwrap_used, reason = "a row that does not parse is a failure")]

use std::net::IpAddr;

use beside_broker_core::Address;
use beside_broker_core::address_rules::{AddressRange, AddressRules, Unlisted};
use beside_broker_core::forwarded::ForwardedKind::{self, Forwarded as F, XForwardedFor as X};
use beside_broker_core::forwarded::{TrustedProxies, client_address};

/// - the account's own list and then each group's, with `|` between; accounts on no list are refused unless it says
///   `open`,
/// - the listed proxies,
/// - the peer,
/// - the header that the proxies write, and its lines,
/// - `admitted` or `refused` and the client's address, or the error's stable text.
type Row = (&'static str, &'static str, &'static str, ForwardedKind, &'static [&'static str], &'static str);

const OFFICE: &str = "192.0.2.0/24";
const PROXY: &str = "10.0.0.1";
const PROXIES: &str = "10.0.0.0/8 2001:db8:ffff::/48";

#[rustfmt::skip]
const WITHOUT_PROXIES: &[Row] = &[
    (OFFICE, "", "192.0.2.0", X, &[], "admitted 192.0.2.0"),
    (OFFICE, "", "192.0.2.255", X, &[], "admitted 192.0.2.255"),
    (OFFICE, "", "192.0.3.0", X, &[], "refused 192.0.3.0"),
    (OFFICE, "", "192.0.1.255", X, &[], "refused 192.0.1.255"),
    (OFFICE, "", "2001:db8::1", X, &[], "refused 2001:db8::1"),
    ("192.0.2.7", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("192.0.2.7", "", "192.0.2.8", X, &[], "refused 192.0.2.8"),
    ("2001:db8::/32", "", "2001:db8:1::1", X, &[], "admitted 2001:db8:1::1"),
    ("2001:db8::/32", "", "2001:db9::1", X, &[], "refused 2001:db9::1"),
    ("2001:db8::1", "", "2001:db8::1", X, &[], "admitted 2001:db8::1"),
    ("2001:db8::1", "", "2001:db8::2", X, &[], "refused 2001:db8::2"),
    ("0.0.0.0/0", "", "203.0.113.9", X, &[], "admitted 203.0.113.9"),
    ("0.0.0.0/0", "", "::1", X, &[], "refused ::1"),
    ("::/0", "", "203.0.113.9", X, &[], "refused 203.0.113.9"),
    ("::/0", "", "::1", X, &[], "admitted ::1"),
    ("192.0.2.1 192.0.2.3", "", "192.0.2.2", X, &[], "refused 192.0.2.2"),
    ("192.0.2.1 192.0.2.3", "", "192.0.2.3", X, &[], "admitted 192.0.2.3"),
];

#[rustfmt::skip]
const LISTS: &[Row] = &[
    ("", "", "192.0.2.7", X, &[], "refused 192.0.2.7"),
    ("|", "", "192.0.2.7", X, &[], "refused 192.0.2.7"),
    ("open", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("open|", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("open 198.51.100.1", "", "192.0.2.7", X, &[], "refused 192.0.2.7"),
    ("open|198.51.100.1", "", "192.0.2.7", X, &[], "refused 192.0.2.7"),
    ("|192.0.2.0/24", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("198.51.100.1|192.0.2.0/24", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("198.51.100.1|192.0.2.0/24", "", "198.51.100.1", X, &[], "admitted 198.51.100.1"),
    ("198.51.100.1|192.0.2.0/24", "", "198.51.100.2", X, &[], "refused 198.51.100.2"),
    ("|198.51.100.1|192.0.2.0/24", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("|198.51.100.1|", "", "192.0.2.7", X, &[], "refused 192.0.2.7"),
];

#[rustfmt::skip]
const MAPPED: &[Row] = &[
    (OFFICE, "", "::ffff:192.0.2.7", X, &[], "admitted 192.0.2.7"),
    (OFFICE, "", "::ffff:c000:207", X, &[], "admitted 192.0.2.7"),
    (OFFICE, "", "::ffff:198.51.100.1", X, &[], "refused 198.51.100.1"),
    ("::ffff:192.0.2.0/120", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("::ffff:192.0.2.0/120", "", "::ffff:192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("::ffff:192.0.2.0/120", "", "::ffff:192.0.3.7", X, &[], "refused 192.0.3.7"),
    ("::ffff:192.0.2.7", "", "192.0.2.7", X, &[], "admitted 192.0.2.7"),
    ("::ffff:0:0/96", "", "203.0.113.9", X, &[], "admitted 203.0.113.9"),
    ("::ffff:0:0/96", "", "::1", X, &[], "refused ::1"),
    // An address that only looks mapped: compatible (deprecated), translated, 6to4.
    (OFFICE, "", "::192.0.2.7", X, &[], "refused ::c000:207"),
    (OFFICE, "", "64:ff9b::192.0.2.7", X, &[], "refused 64:ff9b::c000:207"),
    (OFFICE, "", "2002:c000:207::1", X, &[], "refused 2002:c000:207::1"),
    (OFFICE, PROXY, "::ffff:10.0.0.1", X, &["192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, "::ffff:10.0.0.0/104", "10.0.0.1", X, &["192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &["::ffff:192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &["[::ffff:192.0.2.7]:443"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, ::ffff:10.0.0.2"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="[::ffff:192.0.2.7]""#], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="[::ffff:198.51.100.1]:1""#], "refused 198.51.100.1"),
];

#[rustfmt::skip]
const THROUGH_PROXIES: &[Row] = &[
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &["198.51.100.1"], "refused 198.51.100.1"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, 10.0.0.2"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7,10.0.0.3,10.0.0.2"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7", "10.0.0.3", "10.0.0.2"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, 10.0.0.3", "10.0.0.2"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, 2001:db8:ffff::2"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, "2001:db8:ffff::1", X, &["192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &[" 192.0.2.7\t"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7:56324"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &["\"192.0.2.7\""], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, X, &["\"192.0.2.7:56324\""], "admitted 192.0.2.7"),
    ("2001:db8::/32", PROXY, PROXY, X, &["2001:db8::7"], "admitted 2001:db8::7"),
    ("2001:db8::/32", PROXY, PROXY, X, &["[2001:db8::7]"], "admitted 2001:db8::7"),
    ("2001:db8::/32", PROXY, PROXY, X, &["[2001:db8::7]:443"], "admitted 2001:db8::7"),
    ("2001:db8::/32", PROXY, PROXY, X, &["\"[2001:db8::7]:443\""], "admitted 2001:db8::7"),
    // The proxy asks for itself, with and without a header.
    (OFFICE, PROXY, PROXY, X, &[], "refused 10.0.0.1"),
    (PROXY, PROXY, PROXY, X, &[], "admitted 10.0.0.1"),
    (OFFICE, PROXIES, PROXY, X, &["10.0.0.3, 10.0.0.2"], "refused 10.0.0.3"),
    ("10.0.0.3", PROXIES, PROXY, X, &["10.0.0.3, 10.0.0.2"], "admitted 10.0.0.3"),
];

/// What an attacker at 198.51.100.66 sends, and what listed proxies make of it.
#[rustfmt::skip]
const SPOOFED: &[Row] = &[
    // Not through a proxy at all: no header counts, whatever is in it.
    (OFFICE, PROXY, "198.51.100.66", X, &["192.0.2.7"], "refused 198.51.100.66"),
    (OFFICE, PROXY, "198.51.100.66", X, &["192.0.2.7", "10.0.0.1"], "refused 198.51.100.66"),
    (OFFICE, PROXY, "198.51.100.66", X, &["", "nonsense"], "refused 198.51.100.66"),
    (OFFICE, PROXY, "198.51.100.66", F, &["for=192.0.2.7"], "refused 198.51.100.66"),
    (OFFICE, "", "198.51.100.66", X, &["192.0.2.7"], "refused 198.51.100.66"),
    (OFFICE, PROXY, "10.0.0.2", X, &["192.0.2.7"], "refused 10.0.0.2"),
    (OFFICE, PROXY, "192.0.2.7", X, &["198.51.100.66"], "admitted 192.0.2.7"),
    // Through one that adds an element, or a line.
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7, 198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7", "198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, 198.51.100.66, 10.0.0.2"], "refused 198.51.100.66"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, 10.0.0.9, 198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7, 10.0.0.2"], "refused 10.0.0.2"),
    (OFFICE, PROXY, PROXY, X, &["unknown, _x, %%, 198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, X, &["\", 198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7, for=198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7", "for=198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, F, &["nonsense, for=198.51.100.66"], "refused 198.51.100.66"),
    // A quoted string that is left open would swallow what the proxy adds to the line.
    (OFFICE, PROXY, PROXY, F, &[r#"for=192.0.2.7;by=", for=198.51.100.66"#], "forwarded_malformed"),
    (OFFICE, PROXIES, PROXY, F, &[r#"for=192.0.2.7, for="[::1], for="[2001:db8::66]""#], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &[r#"for=192.0.2.7;by=""#, "for=198.51.100.66"], "refused 198.51.100.66"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="192.0.2.7\", for="[2001:db8::66]""#], "forwarded_malformed"),
    // The other header is the client's own and is not read.
    (OFFICE, PROXY, PROXY, X, &[], "refused 10.0.0.1"),
    // Nothing to say is not a reason to believe the neighbour.
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7,"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7", ""], "forwarded_malformed"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, , 10.0.0.2"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7,"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7", "proto=https"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7", ";"], "forwarded_anonymous"),
];

#[rustfmt::skip]
const MALFORMED: &[Row] = &[
    (OFFICE, PROXY, PROXY, X, &[""], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &[" "], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.256"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.02.7"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7 192.0.2.8"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7;192.0.2.8"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7:"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7:65536"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.7:+80"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["[192.0.2.7]"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["[2001:db8::7"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["[2001:db8::7]443"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["\"192.0.2.7"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["office.example"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["192.0.2.0/24"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["for=192.0.2.7"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["１９２.0.2.7"], "forwarded_malformed"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, nonsense, 10.0.0.2"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["unknown"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, X, &["UNKNOWN"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, X, &["_hidden"], "forwarded_anonymous"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, unknown, 10.0.0.2"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, X, &["_"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, X, &["fe80::7%eth0"], "forwarded_zone"),
    (OFFICE, PROXY, PROXY, X, &["[fe80::7%25eth0]:443"], "forwarded_zone"),
    (OFFICE, PROXIES, PROXY, X, &["192.0.2.7, fe80::7%1, 10.0.0.2"], "forwarded_zone"),
    ("fe80::/10", PROXY, PROXY, X, &["fe80::7"], "admitted fe80::7"),
];

#[rustfmt::skip]
const RFC_7239: &[Row] = &[
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &["For=192.0.2.7;Proto=https;By=10.0.0.1"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &["proto=https; for=192.0.2.7"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[";for=192.0.2.7;;"], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="192.0.2.7:47011""#], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="192.0.2.7:_port""#], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="192.0\.2.7""#], "admitted 192.0.2.7"),
    (OFFICE, PROXY, PROXY, F, &[r#"host="a,b;c=\"d";for=192.0.2.7"#], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, F, &["for=192.0.2.7, for=10.0.0.2;proto=http"], "admitted 192.0.2.7"),
    (OFFICE, PROXIES, PROXY, F, &["for=192.0.2.7", r#"for="[2001:db8:ffff::2]""#], "admitted 192.0.2.7"),
    ("2001:db8::/32", PROXY, PROXY, F, &[r#"for="[2001:db8::7]:4711""#], "admitted 2001:db8::7"),
    ("2001:db8::/32", PROXY, PROXY, F, &[r#"for="[2001:db8::7]""#], "admitted 2001:db8::7"),
    ("2001:db8::/32", PROXY, PROXY, F, &[r#"for="2001:db8::7""#], "forwarded_malformed"),
    ("2001:db8::/32", PROXY, PROXY, F, &["for=[2001:db8::7]"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7:80"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["192.0.2.7"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for = 192.0.2.7"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for="], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for=192.0.2.7;for=192.0.2.8"], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="192.0.2.7"x"#], "forwarded_malformed"),
    (OFFICE, PROXY, PROXY, F, &["for=unknown"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, F, &["for=_SEVKISEK"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="_gazonk:80""#], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, F, &["by=192.0.2.7"], "forwarded_anonymous"),
    (OFFICE, PROXY, PROXY, F, &[r#"for="[fe80::7%25eth0]""#], "forwarded_zone"),
];

fn address(text: &str) -> Address {
    Address::from(text.parse::<IpAddr>().unwrap())
}

fn ranges(text: &str) -> Vec<AddressRange> {
    text.split_whitespace().map(|range| range.parse().unwrap()).collect()
}

fn judged((rules, proxies, peer, kind, lines, _): &Row) -> String {
    let unlisted = if rules.starts_with("open") { Unlisted::Admitted } else { Unlisted::Refused };
    let mut lists = rules.trim_start_matches("open").split('|').map(ranges);
    let rules = AddressRules { own: lists.next().unwrap(), groups: lists.collect() };
    let trusted = TrustedProxies::new(ranges(proxies));
    match client_address(address(peer), lines, *kind, &trusted) {
        Ok(client) if rules.admits(client, unlisted) => format!("admitted {client}"),
        Ok(client) => format!("refused {client}"),
        Err(error) => error.as_str().to_owned(),
    }
}

#[test]
fn every_row_is_as_it_says() {
    let all = [WITHOUT_PROXIES, LISTS, MAPPED, THROUGH_PROXIES, SPOOFED, MALFORMED, RFC_7239].concat();
    assert!(all.len() >= 100, "{} rows", all.len());
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|row| Some((row, judged(row))).filter(|(row, got)| row.5 != got))
        .map(|(row, got)| format!("{row:?}: {got}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// However long the list is that a client made up: it ends at the first address that is no proxy's.
#[test]
fn many_hops_are_walked_up_to_a_bound() {
    let trusted = TrustedProxies::new(ranges(PROXIES));
    let ask = |header: &str| client_address(address(PROXY), &[header], X, &trusted).map_err(|error| error.as_str());
    let proxies = |count: usize| vec!["10.0.0.2"; count].join(", ");
    assert_eq!(ask(&format!("{}, 198.51.100.66", proxies(150))), Ok(address("198.51.100.66")));
    assert_eq!(ask(&format!("192.0.2.7, {}", proxies(31))), Ok(address("192.0.2.7")));
    assert_eq!(ask(&proxies(32)), Ok(address("10.0.0.2")));
    assert_eq!(ask(&format!("192.0.2.7, {}", proxies(32))), Err("forwarded_too_many_hops"));
    assert_eq!(ask(&format!("192.0.2.7, {}", proxies(150))), Err("forwarded_too_many_hops"));
    assert_eq!(ask(&format!("{}, 198.51.100.66", "x".repeat(16 * 1024))), Err("forwarded_too_long"));
    let lines = vec!["10.0.0.2"; 33];
    let walked = client_address(address(PROXY), &lines, X, &trusted).map_err(|error| error.as_str());
    assert_eq!(walked, Err("forwarded_too_many_hops"), "lines are hops too");
}
