//! What is believed and what is not.

use beside_protocol::limits::STATEMENT_MAX;
use beside_protocol::{ErrorCode, Right, Rights};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::clock::{Clock, UnixTime};
use crate::enrolment::Invite;
use crate::key::{KeyHash, PublicKey, SigningKey};
use crate::organisation_file::{self, OrganisationFileError};

const ISSUED: UnixTime = UnixTime(1_800_000_000);
const DAY: u64 = 86_400;

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

fn vendor() -> SigningKey {
    key(1)
}

fn organisation() -> Organisation {
    Organisation {
        name: "한국 지원 센터".to_owned(),
        call_back: "+82 2 123 4567".to_owned(),
        broker: "broker.example:443".parse().unwrap(),
        keys: vec![key(2).public(), key(3).public()],
        logo: [9; 32],
    }
}

fn operator() -> Operator {
    Operator { name: "김 영희".to_owned(), key: key(4).public(), id: "kim.y".parse().unwrap() }
}

fn status() -> Status {
    let mut revoked = vec![key(5).public().hash(), key(6).public().hash(), key(7).public().hash()];
    revoked.sort();
    Status { check_mode: CheckMode::OperatorTypes, allowed: Rights::only(Right::View).with(Right::Control), revoked }
}

fn issued_organisation() -> Vec<u8> {
    issue(&organisation(), &vendor(), ISSUED, ISSUED + 365 * DAY).unwrap()
}

fn issued_operator() -> Vec<u8> {
    issue(&operator(), &key(3), ISSUED, ISSUED + 30 * DAY).unwrap()
}

fn issued_status() -> Vec<u8> {
    issue(&status(), &key(2), ISSUED, ISSUED + STATUS_LIFE).unwrap()
}

fn believe_organisation(bytes: &[u8]) -> Result<Verified<Organisation>, StatementError> {
    Verified::<Organisation>::verify(bytes, &[vendor().public()], ISSUED)
}

fn believe_operator(bytes: &[u8]) -> Result<Verified<Operator>, StatementError> {
    Verified::<Operator>::verify(bytes, &organisation(), ISSUED)
}

fn believe_status(bytes: &[u8]) -> Result<Verified<Status>, StatementError> {
    Verified::<Status>::verify(bytes, &organisation(), ISSUED)
}

/// A statement put together field by field and signed, whatever is in it.
fn forge(kind: u8, signer: &SigningKey, life: (u64, u64), fields: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![kind, 1];
    bytes.extend_from_slice(&Sha256::digest(signer.public().as_bytes()));
    bytes.extend_from_slice(&life.0.to_be_bytes());
    bytes.extend_from_slice(&life.1.to_be_bytes());
    for (tag, value) in fields {
        bytes.push(*tag);
        bytes.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(value);
    }
    let signature = signer.sign("beside1 statement", &bytes);
    bytes.extend_from_slice(&signature);
    bytes
}

fn life() -> (u64, u64) {
    (ISSUED.0, ISSUED.0 + DAY)
}

#[test]
fn what_was_issued_is_believed_and_says_what_it_said() {
    let believed = believe_organisation(&issued_organisation()).unwrap();
    assert_eq!(*believed.body(), organisation());
    assert_eq!((believed.issued(), believed.expires()), (ISSUED, ISSUED + 365 * DAY));
    assert_eq!(believed.signer(), vendor().public().hash());
    assert_eq!(believed.bytes(), issued_organisation());
    assert_eq!(*believe_operator(&issued_operator()).unwrap().body(), operator());
    assert_eq!(*believe_status(&issued_status()).unwrap().body(), status());
}

#[test]
fn the_bytes_are_those_of_the_document() {
    let key = key(4).public();
    let fields: [(u8, &[u8]); 3] = [(1, "김 영희".as_bytes()), (2, key.as_bytes()), (3, b"kim.y")];
    assert_eq!(issued_operator(), forge(2, &self::key(3), (ISSUED.0, ISSUED.0 + 30 * DAY), &fields));
}

#[test]
fn every_flipped_bit_is_refused() {
    type Believe = fn(&[u8]) -> Option<StatementError>;
    let cases: [(Vec<u8>, Believe); 3] = [
        (issued_organisation(), |bytes| believe_organisation(bytes).err()),
        (issued_operator(), |bytes| believe_operator(bytes).err()),
        (issued_status(), |bytes| believe_status(bytes).err()),
    ];
    for (statement, believe) in cases {
        for bit in 0..statement.len() * 8 {
            let mut altered = statement.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(believe(&altered).is_some(), "bit {bit}");
        }
        for length in 0..statement.len() {
            assert!(believe(&statement[..length]).is_some(), "cut to {length}");
        }
        assert!(believe(&[&statement[..], &[0]].concat()).is_some());
    }
}

#[test]
fn a_kind_is_not_taken_for_another() {
    let refused = Some(StatementError::Malformed("another kind of statement"));
    assert_eq!(believe_status(&issued_operator()).err(), refused);
    assert_eq!(believe_operator(&issued_status()).err(), refused);
    let self_made = issue(&operator(), &vendor(), ISSUED, ISSUED + DAY).unwrap();
    assert_eq!(believe_organisation(&self_made).err(), refused);
}

#[test]
fn foreign_altered_expired_are_told_apart() {
    let foreign = issue(&operator(), &key(8), ISSUED, ISSUED + DAY).unwrap();
    assert_eq!(believe_operator(&foreign).err(), Some(StatementError::Foreign));

    let mut altered = issued_operator();
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(believe_operator(&altered).err(), Some(StatementError::Altered));

    let expires = ISSUED + 30 * DAY;
    let at = |now| Verified::<Operator>::verify(&issued_operator(), &organisation(), now).err();
    assert_eq!(at(UnixTime(expires.0 - 1)), None);
    assert_eq!(at(expires), Some(StatementError::Expired(expires)));
    assert_eq!(at(UnixTime(0)), None, "a slow clock works");
}

#[test]
fn codes_name_the_kind_and_the_reason() {
    let expired = StatementError::Expired(ISSUED);
    assert_eq!(expired.code(Kind::Organisation), ErrorCode::OrganisationExpired);
    assert_eq!(expired.code(Kind::Operator), ErrorCode::CertificateExpired);
    assert_eq!(expired.code(Kind::Status), ErrorCode::StatusExpired);
    assert_eq!(StatementError::Foreign.code(Kind::Operator), ErrorCode::CertificateForeign);
    assert_eq!(StatementError::Revoked.code(Kind::Operator), ErrorCode::CertificateRevoked);
    assert_eq!(StatementError::Altered.code(Kind::Operator), ErrorCode::CertificateInvalid);
    assert_eq!(StatementError::OlderThanSeen.code(Kind::Status), ErrorCode::StatusInvalid);
    assert_eq!(StatementError::Foreign.code(Kind::Organisation), ErrorCode::OrganisationInvalid);
}

#[test]
fn lives_have_their_limits() {
    let too_long = Some(StatementError::LifeTooLong);
    let end = |life| ISSUED + life;
    assert_eq!(issue(&organisation(), &vendor(), ISSUED, end(731 * DAY)).err(), None);
    assert_eq!(issue(&organisation(), &vendor(), ISSUED, end(731 * DAY + 1)).err(), too_long);
    assert_eq!(issue(&operator(), &key(3), ISSUED, end(30 * DAY + 1)).err(), too_long);
    assert_eq!(issue(&status(), &key(3), ISSUED, end(14 * DAY)).err(), None);
    assert_eq!(issue(&status(), &key(3), ISSUED, end(14 * DAY + 1)).err(), too_long);
    let backwards = Some(StatementError::Malformed("expires before it is issued"));
    assert_eq!(issue(&status(), &key(3), ISSUED, ISSUED).err(), backwards);
    assert_eq!(issue(&status(), &key(3), ISSUED, UnixTime(0)).err(), backwards);

    let eternal = forge(2, &key(3), (0, u64::MAX), &[(1, b"Kim"), (2, key(4).public().as_bytes()), (3, b"kim")]);
    assert_eq!(believe_operator(&eternal).err(), too_long);
}

#[test]
fn texts_have_one_spelling_and_hide_nothing() {
    let with_name = |name: &str| {
        let key = key(4).public();
        believe_operator(&forge(2, &self::key(3), life(), &[(1, name.as_bytes()), (2, key.as_bytes()), (3, b"kim")]))
            .map(|operator| operator.body().name.clone())
    };
    for good in ["Kim", "김 영희", "佐藤 花子", "José", "שרה", &"x".repeat(64)] {
        assert_eq!(with_name(good), Ok(good.to_owned()));
    }
    let control = Err(StatementError::Malformed("text has control characters"));
    for bad in ["a\0", "a\nb", "\u{7f}", "a\u{85}b", "\u{202e}miK", "a\u{2066}b", "\u{200f}", "\u{61c}a", "a\u{2029}b"]
    {
        assert_eq!(with_name(bad), control, "{bad:?}");
    }
    for unnormalised in ["Jose\u{301}", "\u{1100}\u{1161}", "\u{212b}"] {
        assert_eq!(with_name(unnormalised), Err(StatementError::Malformed("text is not in normal form C")));
    }
    assert_eq!(with_name(&"x".repeat(65)), Err(StatementError::Malformed("text is too long")));
    assert_eq!(with_name(&"가".repeat(22)), Err(StatementError::Malformed("text is too long")));
    for empty in ["", " ", "\u{3000}"] {
        assert_eq!(with_name(empty), Err(StatementError::Malformed("name is empty")));
    }
    let latin1 = forge(2, &key(3), life(), &[(1, b"Jos\xe9"), (2, key(4).public().as_bytes()), (3, b"kim")]);
    assert_eq!(believe_operator(&latin1).err(), Some(StatementError::Malformed("text is not UTF-8")));
}

#[test]
fn fields_are_exactly_the_kinds_own_in_their_order() {
    let subject = key(4).public();
    let (name, public, id): (&[u8], &[u8], &[u8]) = (b"Kim", subject.as_bytes(), b"kim");
    let refused = |fields: &[(u8, &[u8])]| believe_operator(&forge(2, &key(3), life(), fields)).err();
    assert_eq!(refused(&[(1, name), (2, public), (3, id)]), None);
    assert_eq!(refused(&[(1, name), (3, id), (2, public)]), Some(StatementError::Malformed("order of the fields")));
    assert_eq!(refused(&[(2, public), (1, name), (3, id)]), Some(StatementError::Malformed("order of the fields")));
    assert_eq!(
        refused(&[(1, name), (1, name), (2, public), (3, id)]),
        Some(StatementError::Malformed("order of the fields"))
    );
    assert_eq!(refused(&[(1, name), (2, public)]), Some(StatementError::Malformed("a field is missing")));
    assert_eq!(
        refused(&[(1, name), (2, public), (3, id), (4, b"")]),
        Some(StatementError::Malformed("a field too many"))
    );
    assert_eq!(refused(&[(1, name), (2, &public[..64]), (3, id)]), Some(StatementError::Malformed("length of a key")));
    assert_eq!(
        refused(&[(1, name), (2, &[4; 65]), (3, id)]),
        Some(StatementError::Malformed("a key is not on the curve"))
    );
    assert_eq!(refused(&[(1, name), (2, public), (3, b"k m")]), Some(StatementError::Malformed("operator id")));
}

#[test]
fn a_status_has_known_values_only() {
    let refused = |mode: &[u8], rights: &[u8], revoked: &[u8]| {
        believe_status(&forge(3, &key(2), life(), &[(1, mode), (2, rights), (3, revoked)])).err()
    };
    let malformed = |what| Some(StatementError::Malformed(what));
    let ascending: Vec<u8> = (0..=1_000u16).flat_map(|n| [[0; 30].as_slice(), &n.to_be_bytes()].concat()).collect();
    assert_eq!(refused(&[0], &[0, 0, 0, 0], &[]), None);
    assert_eq!(refused(&[2], &[0, 0, 0, 0x7f], &ascending[..32_000]), None);
    assert_eq!(refused(&[3], &[0; 4], &[]), malformed("check mode"));
    assert_eq!(refused(&[], &[0; 4], &[]), malformed("check mode"));
    assert_eq!(refused(&[1], &[0, 0, 0, 0x80], &[]), malformed("unknown rights"));
    assert_eq!(refused(&[1], &[0; 3], &[]), malformed("rights"));
    assert_eq!(refused(&[1], &[0; 4], &[7; 31]), malformed("number of revoked keys"));
    assert_eq!(refused(&[1], &[0; 4], &ascending), malformed("number of revoked keys"));
    assert_eq!(refused(&[1], &[0; 4], &[7; 64]), malformed("order of the revoked keys"));
    assert_eq!(refused(&[1], &[0; 4], &[[8; 32], [7; 32]].concat()), malformed("order of the revoked keys"));
    let longest = forge(3, &key(2), life(), &[(1, &[1]), (2, &[0; 4]), (3, &ascending[..32_000])]);
    assert!(longest.len() <= STATEMENT_MAX);
    assert_eq!(believe_status(&vec![3; STATEMENT_MAX + 1]).err(), malformed("too long"));
}

#[test]
fn an_organisation_has_one_to_four_keys() {
    let with_keys = |count: u8| {
        let keys = (0..count).map(|n| key(10 + n).public()).collect();
        issue(&Organisation { keys, ..organisation() }, &vendor(), ISSUED, ISSUED + DAY).err()
    };
    let refused = Some(StatementError::Malformed("number of keys"));
    assert_eq!([with_keys(0), with_keys(1), with_keys(4), with_keys(5)], [refused, None, None, refused]);
}

#[test]
fn broker_addresses_are_host_and_port() {
    for good in ["broker.example:443", "10.0.0.7:8443", "[2001:db8::1]:443", "localhost:1", "a-b.xn--c1yn36f:65535"] {
        let address: BrokerAddress = good.parse().unwrap();
        assert_eq!(address.to_string(), good);
    }
    let v6: BrokerAddress = "[2001:db8::1]:443".parse().unwrap();
    assert_eq!((v6.host(), v6.port()), ("2001:db8::1", 443));
    for bad in [
        "",
        ":443",
        "broker",
        "broker:",
        "broker:0",
        "broker:0443",
        "broker:+443",
        "broker:65536",
        "a b:1",
        "a..b:1",
        "-a:1",
        "a-:1",
        "a_b:1",
        "10.0.0.256:1",
        "2001:db8::1:443",
        "[broker]:1",
        "https://broker:443",
        "user@broker:1",
        "broker:443/path",
    ] {
        assert!(bad.parse::<BrokerAddress>().is_err(), "{bad}");
    }
}

#[test]
fn a_revoked_key_is_known() {
    let status = status();
    let certified = |number: u8| {
        let operator = Operator { key: key(number).public(), ..operator() };
        believe_operator(&issue(&operator, &key(2), ISSUED, ISSUED + DAY).unwrap()).unwrap()
    };
    assert_eq!(status.check_revocation(&certified(4)), Ok(()));
    for revoked in [5, 6, 7] {
        assert_eq!(status.check_revocation(&certified(revoked)), Err(StatementError::Revoked));
    }
}

#[test]
fn an_older_statement_does_not_replace_a_newer() {
    let status = believe_status(&issued_status()).unwrap();
    assert_eq!(status.check_age(None), Ok(()));
    assert_eq!(status.check_age(Some(ISSUED)), Ok(()));
    assert_eq!(status.check_age(Some(ISSUED + 1)), Err(StatementError::OlderThanSeen));
}

#[test]
fn time_is_the_latest_of_what_is_known() {
    let status = believe_status(&issued_status()).unwrap();
    let mut slow = Clock::new(UnixTime(5));
    slow.see(&status);
    assert_eq!(slow.now(), ISSUED);
    assert!(!slow.looks_fast());

    let mut right = Clock::new(ISSUED + DAY);
    right.see(&status);
    assert_eq!(right.now(), ISSUED + DAY);
    assert!(!right.looks_fast());

    let mut fast = Clock::new(ISSUED + 14 * DAY + 1);
    assert!(!fast.looks_fast(), "nothing to tell by");
    fast.see(&status);
    assert!(fast.looks_fast());
}

#[test]
fn an_organisation_file_is_read_for_its_statement_only() {
    let trusted = [vendor().public()];
    let read = |file: &[u8]| organisation_file::read(file, &trusted, ISSUED).map(|found| found.body().clone());
    let file = organisation_file::write(&issued_organisation());
    assert_eq!(read(file.as_bytes()), Ok(organisation()));
    let more = file.replacen('{', "{\"name\": \"Somebody else\", \"broker\": 7, ", 1);
    assert_eq!(read(more.as_bytes()), Ok(organisation()));

    let unreadable = Err(OrganisationFileError::Unreadable);
    for bad in
        ["", "{}", "[]", "{\"statement\": 7}", "{\"statement\": \"*\"}", "{\"statement\": \"\", \"statement\": \"\"}"]
    {
        assert_eq!(read(bad.as_bytes()), unreadable, "{bad}");
    }
    assert_eq!(read(&vec![b' '; organisation_file::FILE_MAX + 1]), Err(OrganisationFileError::TooLarge));
    let foreign = issue(&organisation(), &key(2), ISSUED, ISSUED + DAY).unwrap();
    let refused = read(organisation_file::write(&foreign).as_bytes());
    assert_eq!(refused, Err(OrganisationFileError::Statement(StatementError::Foreign)));
    assert_eq!(refused.unwrap_err().code(), ErrorCode::OrganisationInvalid);
    let nobody: [PublicKey; 0] = [];
    assert!(organisation_file::read(file.as_bytes(), &nobody, ISSUED).is_err(), "no vendor key trusts nobody");
}

#[test]
fn a_request_is_signed_by_its_own_key_and_proves_its_invite() {
    let mut drawn = rng();
    let invite = Invite::generate(&mut drawn, key(2).public().hash());
    let carried: Invite = invite.reveal().parse().unwrap();
    assert_eq!(carried.organisation(), key(2).public().hash());

    let request = carried.request("Kim".to_owned(), key(4).public(), "kim".parse().unwrap());
    let bytes = issue(&request, &key(4), ISSUED, ISSUED + 7 * DAY).unwrap();
    let received = Verified::<Request>::verify(&bytes, ISSUED).unwrap();
    assert!(invite.proves(received.body()));
    assert!(!Invite::generate(&mut drawn, key(2).public().hash()).proves(received.body()));

    let other_key = Request { key: key(5).public(), ..request.clone() };
    assert!(!invite.proves(&other_key), "the proof is for one key");
    assert_eq!(issue(&request, &key(5), ISSUED, ISSUED + DAY).err(), Some(StatementError::Foreign));
    assert_eq!(issue(&request, &key(4), ISSUED, ISSUED + 7 * DAY + 1).err(), Some(StatementError::LifeTooLong));
}

#[test]
fn an_invite_is_48_bytes_and_does_not_print() {
    let invite = Invite::generate(&mut rng(), KeyHash([1; 32]));
    let text = invite.reveal();
    assert_eq!(text.len(), 64);
    assert_eq!(format!("{invite:?}"), "Invite(hidden)");
    for bad in ["", "AAAA", &text[..60], &format!("{}AAAA", *text), &text.replace(&text[..1], "*")] {
        assert!(bad.parse::<Invite>().is_err(), "{bad}");
    }
}

/// The value comes from another implementation of HMAC (RFC 2104) and P-256.
#[test]
fn the_proof_is_an_hmac_of_the_public_key() {
    let text = "AAECAwQFBgcICQoLDA0ODwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let invite: Invite = text.parse().unwrap();
    let request = invite.request("Kim".to_owned(), key(4).public(), "kim".parse().unwrap());
    assert_eq!(hex::encode(request.proof), "5042ea3ed6bf6275158ad7b489ac8277a74ed1d9606d90c13d20622cd24162fa");
}

fn rng() -> impl rand_core::CryptoRng {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}

proptest! {
    #[test]
    fn any_bytes_are_a_statement_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(believe_organisation(&bytes).is_err());
        prop_assert!(Verified::<Request>::verify(&bytes, ISSUED).is_err());
    }

    #[test]
    fn any_signed_fields_are_a_statement_or_an_error(kind in 1u8..5, fields in prop::collection::vec((0u8..6, prop::collection::vec(any::<u8>(), 0..80)), 0..6)) {
        let fields: Vec<_> = fields.iter().map(|(tag, value)| (*tag, value.as_slice())).collect();
        let bytes = forge(kind, &key(2), life(), &fields);
        let _ = believe_operator(&bytes);
        let _ = believe_status(&bytes);
        let _ = Verified::<Organisation>::verify(&bytes, &[key(2).public()], ISSUED);
        let _ = Verified::<Request>::verify(&bytes, ISSUED);
    }

    #[test]
    fn any_operator_that_can_be_issued_is_believed(name in "\\PC{0,40}", id in "[!-~]{0,70}") {
        let Ok(id) = id.parse() else { return Ok(()) };
        let operator = Operator { name, id, key: key(4).public() };
        if let Ok(bytes) = issue(&operator, &key(2), ISSUED, ISSUED + DAY) {
            let believed = believe_operator(&bytes);
            prop_assert_eq!(believed.as_ref().map(Verified::body), Ok(&operator));
        }
    }
}

#[test]
fn a_draft_takes_only_its_own_signers_signature() {
    let draft = || Draft::new(&organisation(), vendor().public(), ISSUED, ISSUED + 365 * DAY).unwrap();
    let message = draft().message();
    let (label, statement) = message.split_at("beside1 statement\0".len());
    assert_eq!(label, b"beside1 statement\0");
    let signed = draft().sign(&vendor().sign("beside1 statement", statement)).unwrap();
    assert_eq!(signed, issued_organisation());
    assert_eq!(draft().sign(&key(2).sign("beside1 statement", statement)), Err(StatementError::Altered));
    assert_eq!(draft().sign(&vendor().sign("beside1 sealed key", statement)), Err(StatementError::Altered));
    let late = Draft::new(&organisation(), vendor().public(), ISSUED, ISSUED + 732 * DAY);
    assert_eq!(late.map(|draft| draft.message()), Err(StatementError::LifeTooLong));
}
