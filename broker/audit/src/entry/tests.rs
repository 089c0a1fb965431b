use proptest::prelude::*;

use super::*;
use crate::personal_hash;

fn full() -> Entry {
    Entry {
        seq: 7,
        at: 1_795_000_000_123,
        account: Some(Id::fixed("acc-1")),
        via: Via::Token(Id::fixed("tok-2")),
        action: Action::fixed("account.ended"),
        about: Some(Id::fixed("acc-9")),
        detail: BTreeMap::from([
            (Field::fixed("sockets"), 3.into()),
            (Field::fixed("at_once"), true.into()),
            (Field::fixed("why"), "a \"quote\", \\ and\n\u{1}\u{7f} 김".into()),
        ]),
        personal: BTreeMap::from([(Field::fixed("address"), personal_hash(&[7; 32], "address", "192.0.2.7"))]),
    }
}

fn bare() -> Entry {
    let (detail, personal) = (BTreeMap::new(), BTreeMap::new());
    let action = Action::fixed("broker.started");
    Entry { seq: 1, at: 0, account: None, via: Via::Broker, action, about: None, detail, personal }
}

/// Golden: lines that exist must stay readable.
#[test]
fn lines_are_as_documented() {
    assert_eq!(bare().to_line().unwrap(), r#"{"seq":1,"at":0,"via":"broker","action":"broker.started"}"#);
    let line = concat!(
        r#"{"seq":7,"at":1795000000123,"account":"acc-1","via":"token:tok-2","action":"account.ended","#,
        r#""about":"acc-9","detail":{"at_once":true,"sockets":3,"why":"a \"quote\", \\ and\n\u0001"#,
        "\u{7f} 김",
        r#""},"personal":{"address":"10b35399a8769f3819012f08f7fd29deb7478b4636cdf4b3855f5372d7b89720"}}"#,
    );
    assert_eq!(full().to_line().unwrap(), line);
    assert_eq!(Entry::parse(line.as_bytes()), Ok(full()));
    let detail = BTreeMap::from([(Field::fixed("sockets"), 3.into())]);
    let shown = Entry { via: Via::SignIn, detail, ..full() }.to_line().unwrap();
    assert!(include_str!("../../../../docs/audit.md").contains(&format!("\n{shown}\n")), "{shown}");
}

#[test]
fn another_spelling_is_refused() {
    let spellings = [
        r#"{"seq":1,"at":0,"via":"broker","action":"a" }"#,
        r#" {"seq":1,"at":0,"via":"broker","action":"a"}"#,
        r#"{"at":0,"seq":1,"via":"broker","action":"a"}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"\u0061"}"#,
        r#"{"seq":1,"at":0,"account":null,"via":"broker","action":"a"}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{"b":1,"a":1}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{"a":1,"a":1}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{"a":"\/"}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a"}x"#,
        "{\"seq\":1,\"at\":0,\"via\":\"broker\",\"action\":\"a\"}\n",
    ];
    for spelling in spellings {
        assert_eq!(Entry::parse(spelling.as_bytes()), Err(LineError::Spelling), "{spelling}");
    }
}

#[test]
fn what_is_no_entry_is_refused() {
    let lines = [
        r#"{"seq":1,"at":0,"via":"broker"}"#,
        r#"{"seq":1,"seq":1,"at":0,"via":"broker","action":"a"}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","name":"Kim"}"#,
        r#"{"seq":-1,"at":0,"via":"broker","action":"a"}"#,
        r#"{"seq":1,"at":0,"via":"somebody","action":"a"}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"A"}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{"a":1.5}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{"a":null}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","detail":{"a":[1]}}"#,
        r#"{"seq":1,"at":0,"via":"broker","action":"a","personal":{"a":"00"}}"#,
        "",
        "\u{0}",
    ];
    for line in lines {
        assert!(matches!(Entry::parse(line.as_bytes()), Err(LineError::Json(_))), "{line}");
    }
    let zero = r#"{"seq":0,"at":0,"via":"broker","action":"a"}"#;
    assert_eq!(Entry::parse(zero.as_bytes()), Err(LineError::Entry(EntryError::Seq(0))));
    assert_eq!(Entry::parse(&[b' '; MAX_LINE + 1]), Err(LineError::Length(MAX_LINE + 1)));
}

#[test]
fn every_bound_is_kept() {
    let field = |number: usize| Field::new(format!("f{number}")).unwrap();
    let with = |change: &dyn Fn(&mut Entry)| {
        let mut entry = bare();
        change(&mut entry);
        entry.to_line().map(|line| line.len())
    };
    assert_eq!(with(&|entry| entry.seq = 0), Err(EntryError::Seq(0)));
    assert_eq!(with(&|entry| entry.seq = MAX_NUMBER + 1), Err(EntryError::Seq(MAX_NUMBER + 1)));
    assert_eq!(with(&|entry| entry.at = MAX_NUMBER + 1), Err(EntryError::At(MAX_NUMBER + 1)));
    let details = |count: usize, value: Scalar| (0..count).map(|number| (field(number), value.clone())).collect();
    assert_eq!(with(&|entry| entry.detail = details(33, true.into())), Err(EntryError::Details(33)));
    let long = "x".repeat(MAX_TEXT + 1);
    assert_eq!(with(&|entry| entry.detail = details(1, long.as_str().into())), Err(EntryError::Text(field(0))));
    for number in [MAX_NUMBER as i64 + 1, -(MAX_NUMBER as i64) - 1, i64::MIN] {
        assert_eq!(with(&|entry| entry.detail = details(1, number.into())), Err(EntryError::Number(field(0))));
    }
    let hashes = |count: usize| (0..count).map(|number| (field(number), Hash::ZERO)).collect();
    assert_eq!(with(&|entry| entry.personal = hashes(17)), Err(EntryError::Personal(17)));
    // Each text is within its bound; all of them, escaped, are too much.
    let escaped = "\n".repeat(MAX_TEXT);
    let all = with(&|entry| entry.detail = details(MAX_DETAILS, escaped.as_str().into()));
    assert!(matches!(all, Err(EntryError::Length(length)) if length > MAX_LINE), "{all:?}");
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let text = proptest::collection::vec(any::<char>(), 0..40).prop_map(|text| text.into_iter().collect::<String>());
    let scalar = prop_oneof![
        any::<bool>().prop_map(Scalar::Flag),
        (-(MAX_NUMBER as i64)..=MAX_NUMBER as i64).prop_map(Scalar::Number),
        text.prop_map(Scalar::Text),
    ];
    let field = || {
        proptest::collection::vec(0..37_usize, 1..9).prop_map(|letters| {
            let alphabet = b"abcdefghijklmnopqrstuvwxyz0123456789_";
            Field::new(letters.into_iter().map(|letter| char::from(alphabet[letter])).collect::<String>()).unwrap()
        })
    };
    let id = || {
        proptest::option::of(
            proptest::collection::vec(b'!'..=b'~', 1..20)
                .prop_map(|bytes| Id::new(String::from_utf8(bytes).unwrap()).unwrap()),
        )
    };
    let via = id().prop_map(|id| id.map_or(Via::Customer, Via::Token));
    let personal = any::<[u8; 32]>().prop_map(Hash::from_bytes);
    (
        (1..=MAX_NUMBER, 0..=MAX_NUMBER, id(), via, id()),
        proptest::collection::btree_map(field(), scalar, 0..6),
        proptest::collection::btree_map(field(), personal, 0..4),
    )
        .prop_map(|((seq, at, account, via, about), detail, personal)| Entry {
            seq,
            at,
            account,
            via,
            action: Action::fixed("any.thing"),
            about,
            detail,
            personal,
        })
}

proptest! {
    #[test]
    fn an_entry_survives_its_line(entry in any_entry()) {
        let line = entry.to_line().unwrap();
        prop_assert!(!line.bytes().any(|byte| byte < b' '));
        prop_assert_eq!(Entry::parse(line.as_bytes()), Ok(entry));
    }

    /// A canonical line with one byte changed is another entry or none, never the same one spelt otherwise.
    #[test]
    fn a_changed_byte_is_another_entry_or_none(entry in any_entry(), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
        let mut line = entry.to_line().unwrap().into_bytes();
        let at = at.index(line.len());
        line[at] ^= by;
        if let Ok(other) = Entry::parse(&line) {
            prop_assert_ne!(&other, &entry);
            prop_assert_eq!(other.to_line().unwrap().into_bytes(), line);
        }
    }

    #[test]
    fn any_bytes_are_a_line_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.to_line().unwrap().into_bytes(), bytes);
        }
    }
}
