//! What is a range, what is none and why, and whom lists admit.

use proptest::prelude::*;

use super::*;

fn range(text: &str) -> AddressRange {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn address(text: &str) -> Address {
    Address::from(text.parse::<IpAddr>().unwrap())
}

#[test]
fn there_is_one_text_for_each_range() {
    for (typed, canonical) in [
        ("192.0.2.1", "192.0.2.1"),
        ("  192.0.2.1\t", "192.0.2.1"),
        ("192.0.2.1/32", "192.0.2.1"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:0DB8:0:0::1", "2001:db8::1"),
        ("2001:db8::1/128", "2001:db8::1"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::/0", "::/0"),
        ("::", "::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::ffff:192.0.2.1/128", "192.0.2.1"),
        ("0000:0000:0000:0000:0000:ffff:255.255.255.255/128", "255.255.255.255"),
    ] {
        assert_eq!(range(typed).to_string(), canonical, "{typed}");
        assert_eq!(range(canonical), range(typed));
    }
}

#[test]
fn what_is_no_range_is_refused_with_the_reason() {
    for (typed, why) in [
        ("", "range_empty"),
        (" \t ", "range_empty"),
        (&"1".repeat(65), "range_too_long"),
        ("192.0.2", "range_not_an_address"),
        ("192.0.2.1.1", "range_not_an_address"),
        ("192.0.2.256", "range_not_an_address"),
        ("192.0.2.*", "range_not_an_address"),
        ("192.0.2.0 /24", "range_not_an_address"),
        ("192.0.2.1, 192.0.2.2", "range_not_an_address"),
        ("１９２.0.2.1", "range_not_an_address"),
        ("2001:db8::1::2", "range_not_an_address"),
        ("2001:db8:::1", "range_not_an_address"),
        ("12345::", "range_not_an_address"),
        ("/24", "range_not_an_address"),
        ("https://192.0.2.1", "range_not_an_address"),
        ("example.com", "range_name"),
        ("localhost", "range_name"),
        ("my-host.example/24", "range_name"),
        ("회사.한국", "range_name"),
        ("192.0.2.1-192.0.2.9", "range_span"),
        ("192.0.2.1 - 192.0.2.9", "range_span"),
        ("192.0.2.1-9", "range_span"),
        ("2001:db8::1-2001:db8::9", "range_span"),
        ("192.0.2.1:443", "range_port"),
        ("[2001:db8::1]:443", "range_port"),
        ("[2001:db8::1]", "range_port"),
        ("fe80::1%eth0", "range_zone"),
        ("fe80::1%eth0/64", "range_zone"),
        ("fe80::%1", "range_zone"),
        ("010.0.0.1", "range_leading_zeros"),
        ("192.0.2.00", "range_leading_zeros"),
        ("::ffff:192.0.02.1", "range_leading_zeros"),
        ("192.0.2.0/024", "range_leading_zeros"),
        ("192.0.2.0/", "range_prefix"),
        ("192.0.2.0/33", "range_prefix"),
        ("192.0.2.0/-1", "range_prefix"),
        ("192.0.2.0/+24", "range_prefix"),
        ("192.0.2.0/24/24", "range_prefix"),
        ("192.0.2.0/255.255.255.0", "range_prefix"),
        ("192.0.2.0/99999", "range_prefix"),
        ("2001:db8::/129", "range_prefix"),
        ("192.0.2.1/24", "range_host_bits"),
    ] {
        let refused = typed.parse::<AddressRange>().map_err(RangeError::as_str);
        assert_eq!(refused, Err(why), "{typed}");
    }
}

#[test]
fn bits_behind_the_prefix_are_answered_with_what_was_meant() {
    for (typed, meant) in [
        ("192.0.2.77/24", "192.0.2.0/24"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("192.0.2.1/0", "0.0.0.0/0"),
        ("2001:db8::1/64", "2001:db8::/64"),
        ("::ffff:192.0.2.77/120", "192.0.2.0/24"),
        ("::ffff:192.0.2.0/24", "192.0.2.0/24"),
        ("::ffff:192.0.2.1/32", "192.0.2.1"),
        ("::ffff:192.0.2.1/64", "::/64"),
    ] {
        let meant = range(meant);
        assert_eq!(typed.parse::<AddressRange>(), Err(RangeError::HostBits { meant }), "{typed}");
        assert!(RangeError::HostBits { meant }.to_string().contains(&meant.to_string()));
    }
}

#[test]
fn a_range_holds_its_own_family_only() {
    for (text, inside, outside) in [
        ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
        ("192.0.2.0/24", "::ffff:192.0.2.9", "2001:db8::1"),
        ("::ffff:192.0.2.0/120", "192.0.2.9", "192.0.3.9"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("::/0", "2001:db8::1", "192.0.2.1"),
        ("::/0", "::1", "::ffff:192.0.2.1"),
        ("0.0.0.0/0", "192.0.2.1", "::1"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.0"),
    ] {
        assert!(range(text).holds(address(inside)), "{text} {inside}");
        assert!(!range(text).holds(address(outside)), "{text} {outside}");
    }
}

#[test]
fn any_list_admits_and_none_is_decided_by_the_policy() {
    let (office, home) = (address("192.0.2.7"), address("198.51.100.7"));
    let rules = |own: &[&str], groups: &[&[&str]]| AddressRules {
        own: own.iter().map(|text| range(text)).collect(),
        groups: groups.iter().map(|list| list.iter().map(|text| range(text)).collect()).collect(),
    };
    for (rules, at_office, at_home) in [
        (rules(&["192.0.2.0/24"], &[]), true, false),
        (rules(&[], &[&["192.0.2.0/24"]]), true, false),
        (rules(&["198.51.100.7"], &[&["192.0.2.0/24"]]), true, true),
        (rules(&["203.0.113.1"], &[&["203.0.113.2"], &["192.0.2.0/24"]]), true, false),
        (rules(&["203.0.113.1"], &[&[]]), false, false),
    ] {
        for unlisted in [Unlisted::Admitted, Unlisted::Refused] {
            assert_eq!(rules.admits(office, unlisted), at_office, "{rules:?}");
            assert_eq!(rules.admits(home, unlisted), at_home, "{rules:?}");
        }
    }
    for empty in [rules(&[], &[]), rules(&[], &[&[], &[]])] {
        assert!(empty.admits(home, Unlisted::Admitted));
        assert!(!empty.admits(home, Unlisted::Refused));
    }
}

#[test]
fn ranges_sort_and_travel_as_their_text() {
    let mut ranges = vec![range("::1"), range("192.0.2.0/24"), range("10.0.0.0/8")];
    ranges.sort();
    assert_eq!(serde_json::to_string(&ranges).unwrap(), r#"["10.0.0.0/8","192.0.2.0/24","::1"]"#);
    assert_eq!(serde_json::from_str::<AddressRange>(r#""::ffff:10.0.0.0/104""#).unwrap(), range("10.0.0.0/8"));
    let error = serde_json::from_str::<AddressRange>(r#""10.0.0.1/8""#).unwrap_err();
    assert!(error.to_string().contains("10.0.0.0/8"), "{error}");
}

proptest! {
    #[test]
    fn any_text_is_a_range_or_an_error(text in ".{0,70}") {
        if let Ok(range) = text.parse::<AddressRange>() {
            prop_assert_eq!(range.to_string().parse(), Ok(range));
        }
    }

    #[test]
    fn an_ipv4_range_holds_what_shares_its_prefix(base: u32, other: u32, prefix in 0u8..=32) {
        let kept = |bits: u32| u64::from(bits) >> (32 - u32::from(prefix));
        let range = AddressRange::around(Ipv4Addr::from(base).into(), prefix).unwrap();
        let shares = kept(base) == kept(other);
        for form in [IpAddr::from(Ipv4Addr::from(other)), Ipv4Addr::from(other).to_ipv6_mapped().into()] {
            prop_assert_eq!(range.holds(Address::from(form)), shares);
        }
    }
}
