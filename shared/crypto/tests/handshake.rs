//! Whole handshakes, honest and attacked.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use beside_crypto::{
    CustomerKnock, CustomerRevealed, CustomerTrust, CustomerVerified, HandshakeError, OperatorAccepted,
    OperatorCredential, OperatorShaken, Verdict,
};
use beside_identity::{CheckMode, Operator, Organisation, SigningKey, Status, UnixTime, Verified, issue};
use beside_protocol::handshake::{CAP_NO_ORGANISATION, M5_LENGTH};
use beside_protocol::limits::M4_MAX;
use beside_protocol::record::{Lane, RecordHeader};
use beside_protocol::{ErrorCode, Right, Rights, SessionId};
use proptest::prelude::*;

#[path = "common/script.rs"]
mod script;
#[path = "common/start.rs"]
mod start;

use script::Script;
use start::start;

const NOW: UnixTime = UnixTime(1_800_000_000);
const SID: SessionId = SessionId([0x51; 16]);
const VIEW: Rights = Rights::only(Right::View);

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

fn trust() -> CustomerTrust {
    let body = Organisation {
        name: "Support".to_owned(),
        call_back: String::new(),
        broker: "broker.example:443".parse().unwrap(),
        keys: vec![key(2).public()],
        logo: [0; 32],
    };
    let bytes = issue(&body, &key(1), NOW, NOW + 86_400).unwrap();
    let organisation = Verified::<Organisation>::verify(&bytes, &[key(1).public()], NOW).unwrap();
    CustomerTrust { organisation: Some(organisation), newest_status: None }
}

fn credential() -> OperatorCredential {
    let trust = trust();
    let organisation = trust.organisation.as_ref().unwrap().body();
    let operator = Operator { name: "Kim".to_owned(), key: key(4).public(), id: "kim".parse().unwrap() };
    let status = Status { check_mode: CheckMode::BothSee, allowed: Rights::ALL, revoked: Vec::new() };
    let operator = issue(&operator, &key(2), NOW, NOW + 86_400).unwrap();
    let status = issue(&status, &key(2), NOW, NOW + 86_400).unwrap();
    OperatorCredential::new(
        key(4),
        Verified::<Operator>::verify(&operator, organisation, NOW).unwrap(),
        Verified::<Status>::verify(&status, organisation, NOW).unwrap(),
    )
    .unwrap()
}

fn knock(caps: u64) -> CustomerKnock {
    CustomerKnock::new(&mut Script::new(&[&[0x0c; 32], &[0xc0; 32]]), SID, [0xcc; 32], caps)
}

fn accept(m1: &[u8], credential: Option<OperatorCredential>) -> Result<OperatorAccepted, HandshakeError> {
    OperatorAccepted::new(&mut Script::new(&[&[0x0f; 32], &[0xf0; 32]]), m1, [0xff; 32], 0, credential)
}

fn revealed(m2: &[u8]) -> CustomerRevealed {
    knock(0).receive_m2(m2).unwrap()
}

fn shaken(credential: Option<OperatorCredential>) -> (CustomerRevealed, OperatorShaken) {
    let operator = accept(knock(0).m1(), credential).unwrap();
    let customer = revealed(operator.m2());
    let operator = operator.receive_m3(customer.m3()).unwrap();
    (customer, operator)
}

fn verified() -> (CustomerVerified, OperatorShaken) {
    let (customer, operator) = shaken(Some(credential()));
    let customer = customer.receive_m4(operator.m4(), &trust(), NOW).unwrap();
    (customer, operator)
}

/// Every way of changing one bit of a message.
fn flips(message: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..message.len() * 8).map(|bit| {
        let mut altered = message.to_vec();
        altered[bit / 8] ^= 1 << (bit % 8);
        (bit, altered)
    })
}

/// Every shorter form of a message, and one with a byte to spare.
fn lengths(message: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..message.len()).map(|length| message[..length].to_vec()).chain([[message, &[0]].concat()])
}

#[test]
fn both_sides_end_with_the_same_number_and_keys() {
    let (customer, operator) = verified();
    assert_eq!(customer.check_number(), operator.check_number());
    assert_eq!(customer.operator().unwrap().body().name, "Kim");
    assert_eq!(customer.check_mode(), CheckMode::BothSee);
    assert_eq!((customer.peer_fingerprint(), operator.peer_fingerprint()), ([0xff; 32], [0xcc; 32]));

    let (m5, keys) = customer.answer(Verdict::Accepted, VIEW, 1_800).unwrap();
    let (answer, operator_keys) = operator.receive_m5(&m5).unwrap();
    assert_eq!((answer.verdict, answer.rights, answer.lease_seconds), (Verdict::Accepted, VIEW, 1_800));
    let now = start();
    let (mut customer, mut operator) = (keys.unwrap().into_lanes(now), operator_keys.unwrap().into_lanes(now));
    for lane in Lane::ALL {
        for (from, to) in
            [(&mut customer.sealers, &mut operator.openers), (&mut operator.sealers, &mut customer.openers)]
        {
            let (Some(sealer), Some(opener)) = (from.lane(lane), to.lane(lane)) else {
                assert_eq!(lane, Lane::Input, "only input goes one way");
                continue;
            };
            let record = sealer.seal(now, b"hello").unwrap();
            let (header, aad, ciphertext) = RecordHeader::decode(&record).unwrap();
            assert!(opener.open(now, header, aad, ciphertext).is_ok());
        }
    }
    assert!(customer.sealers.lane(Lane::Input).is_none() && operator.openers.lane(Lane::Input).is_none());
    assert!(operator.sealers.lane(Lane::Input).is_some() && customer.openers.lane(Lane::Input).is_some());
}

#[test]
fn a_refusal_reaches_the_operator_and_gives_no_keys() {
    for verdict in [Verdict::Refused, Verdict::NumberDiffers] {
        let (customer, operator) = verified();
        let (m5, keys) = customer.answer(verdict, Rights::ALL, 99).unwrap();
        assert!(keys.is_none());
        let (answer, keys) = operator.receive_m5(&m5).unwrap();
        assert!(keys.is_none());
        assert_eq!((answer.verdict, answer.rights, answer.lease_seconds), (verdict, Rights::NONE, 0));
    }
}

#[test]
fn without_org_json_the_customer_says_so_and_types_the_number() {
    let customer = knock(CAP_NO_ORGANISATION);
    let operator = accept(customer.m1(), Some(credential())).unwrap();
    let customer = customer.receive_m2(operator.m2()).unwrap();
    let operator = operator.receive_m3(customer.m3()).unwrap();
    assert_eq!(operator.check_mode(), CheckMode::CustomerTypes, "whatever the status says");
    let customer = customer.receive_m4(operator.m4(), &CustomerTrust::default(), NOW).unwrap();
    assert_eq!(customer.check_mode(), CheckMode::CustomerTypes);
    assert!(customer.operator().is_none() && customer.status().is_none(), "no verified name");
}

#[test]
fn with_org_json_there_is_no_going_on_without_a_certificate() {
    let (customer, operator) = shaken(None);
    let refusal = customer.receive_m4(operator.m4(), &trust(), NOW).err().unwrap();
    assert_eq!(refusal.code(), ErrorCode::CertificateMissing);
}

#[test]
fn what_was_announced_must_fit_the_organisation_file() {
    let (customer, operator) = shaken(Some(credential()));
    let refusal = customer.receive_m4(operator.m4(), &CustomerTrust::default(), NOW).err();
    assert_eq!(refusal, Some(HandshakeError::OwnCapabilities), "no falling back to the number");

    let customer = knock(CAP_NO_ORGANISATION);
    let operator = accept(customer.m1(), Some(credential())).unwrap();
    let customer = customer.receive_m2(operator.m2()).unwrap();
    let operator = operator.receive_m3(customer.m3()).unwrap();
    let refusal = customer.receive_m4(operator.m4(), &trust(), NOW).err();
    assert_eq!(refusal, Some(HandshakeError::OwnCapabilities));
}

#[test]
fn every_flipped_bit_of_m1_is_refused() {
    let m3 = shaken(None).0.m3().to_vec();
    for (bit, m1) in flips(knock(0).m1()) {
        let outcome = accept(&m1, None).and_then(|operator| operator.receive_m3(&m3));
        assert!(outcome.is_err(), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_m2_is_refused() {
    let m2 = accept(knock(0).m1(), Some(credential())).unwrap().m2().to_vec();
    for (bit, altered) in flips(&m2) {
        let Ok(customer) = knock(0).receive_m2(&altered) else { continue };
        let operator = accept(knock(0).m1(), Some(credential())).unwrap().receive_m3(customer.m3()).unwrap();
        let outcome = customer.receive_m4(operator.m4(), &trust(), NOW);
        assert!(outcome.is_err(), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_m3_is_refused() {
    for (bit, m3) in flips(shaken(None).0.m3()) {
        assert!(accept(knock(0).m1(), None).unwrap().receive_m3(&m3).is_err(), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_m4_is_refused() {
    let trust = trust();
    let m2 = accept(knock(0).m1(), Some(credential())).unwrap().m2().to_vec();
    for (bit, m4) in flips(shaken(Some(credential())).1.m4()) {
        assert!(revealed(&m2).receive_m4(&m4, &trust, NOW).is_err(), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_m5_is_refused() {
    let (m5, _) = verified().0.answer(Verdict::Accepted, VIEW, 60).unwrap();
    assert_eq!(m5.len(), M5_LENGTH);
    for (bit, m5) in flips(&m5) {
        assert!(shaken(Some(credential())).1.receive_m5(&m5).is_err(), "bit {bit}");
    }
}

#[test]
fn every_other_length_is_refused() {
    let (customer, operator) = verified();
    let m4 = operator.m4().to_vec();
    let (m5, _) = customer.answer(Verdict::Accepted, VIEW, 60).unwrap();
    let accepted = accept(knock(0).m1(), Some(credential())).unwrap();
    let m2 = accepted.m2().to_vec();
    let m3 = revealed(&m2).m3().to_vec();
    assert!(lengths(knock(0).m1()).all(|m1| accept(&m1, None).is_err()));
    assert!(lengths(&m2).all(|m2| knock(0).receive_m2(&m2).is_err()));
    assert!(lengths(&m3).all(|m3| accept(knock(0).m1(), None).unwrap().receive_m3(&m3).is_err()));
    assert!(lengths(&m4).all(|m4| revealed(&m2).receive_m4(&m4, &trust(), NOW).is_err()));
    assert!(lengths(&m5).all(|m5| shaken(Some(credential())).1.receive_m5(&m5).is_err()));
    let refusal = revealed(&m2).receive_m4(&vec![4; M4_MAX + 1], &trust(), NOW).err();
    assert_eq!(refusal, Some(HandshakeError::TooLarge));
}

#[test]
fn a_message_is_not_taken_for_another() {
    let (customer, operator) = verified();
    let m4 = operator.m4().to_vec();
    let (m5, _) = customer.answer(Verdict::Accepted, VIEW, 60).unwrap();
    let m1 = knock(0).m1().to_vec();
    let m2 = accept(&m1, Some(credential())).unwrap().m2().to_vec();
    let m3 = revealed(&m2).m3().to_vec();
    let unexpected = Some(HandshakeError::Unexpected);
    for (number, message) in [(1, &m1), (2, &m2), (3, &m3), (4, &m4), (5, &m5)] {
        assert_eq!(accept(message, None).err(), unexpected.filter(|_| number != 1));
        assert_eq!(knock(0).receive_m2(message).err(), unexpected.filter(|_| number != 2));
        let accepted = accept(&m1, Some(credential())).unwrap();
        assert_eq!(accepted.receive_m3(message).err(), unexpected.filter(|_| number != 3));
        assert_eq!(revealed(&m2).receive_m4(message, &trust(), NOW).err(), unexpected.filter(|_| number != 4));
        assert_eq!(shaken(Some(credential())).1.receive_m5(message).err(), unexpected.filter(|_| number != 5));
    }
}

#[test]
fn another_version_is_told_from_nonsense() {
    let mut m1 = knock(0).m1().to_vec();
    m1[1] = 2;
    assert_eq!(accept(&m1, None).err(), Some(HandshakeError::Version));
    m1.push(0);
    assert_eq!(accept(&m1, None).err().unwrap().code(), ErrorCode::VersionUnknown, "of any length");
    assert_eq!(accept(&[], None).err(), Some(HandshakeError::Unexpected));
}

#[test]
fn our_own_key_sent_back_is_refused() {
    let m3 = shaken(None).0.m3().to_vec();
    let mut m2 = accept(knock(0).m1(), None).unwrap().m2().to_vec();
    m2[1..66].copy_from_slice(&m3[1..66]);
    assert_eq!(knock(0).receive_m2(&m2).err(), Some(HandshakeError::Reflected));

    // A customer who somehow knew the operator's key, and committed to it.
    let mut drawn = Script::new(&[&[0x0f; 32], &[0xc0; 32]]);
    let mirror = CustomerKnock::new(&mut drawn, SID, [0; 32], 0);
    let m1 = mirror.m1().to_vec();
    let other = OperatorAccepted::new(&mut Script::new(&[&[0x1f; 32], &[1; 32]]), &m1, [0; 32], 0, None).unwrap();
    let m3 = mirror.receive_m2(other.m2()).unwrap().m3().to_vec();
    assert_eq!(accept(&m1, None).unwrap().receive_m3(&m3).err(), Some(HandshakeError::Reflected));
}

#[test]
fn a_man_in_the_middle_with_keys_of_his_own_is_refused_by_the_certificate() {
    // He shakes hands with the operator, and passes the operator's proof on inside a handshake of his own.
    let (_, operator) = shaken(Some(credential()));
    let customer = CustomerKnock::new(&mut Script::new(&[&[0x21; 32], &[1; 32]]), SID, [0; 32], 0);
    let his = accept(customer.m1(), Some(credential_of_another_key())).unwrap();
    let customer = customer.receive_m2(his.m2()).unwrap();
    let his = his.receive_m3(customer.m3()).unwrap();
    assert_ne!(his.check_number(), operator.check_number());
    let refusal = customer.receive_m4(his.m4(), &trust(), NOW).err().unwrap();
    assert_eq!(refusal.code(), ErrorCode::CertificateForeign);
}

/// What somebody without the organisation's key can make: everything, signed by himself.
fn credential_of_another_key() -> OperatorCredential {
    let organisation = Organisation { keys: vec![key(9).public()], ..trust().organisation.unwrap().body().clone() };
    let operator = Operator { name: "Kim".to_owned(), key: key(9).public(), id: "kim".parse().unwrap() };
    let status = Status { check_mode: CheckMode::BothSee, allowed: Rights::ALL, revoked: Vec::new() };
    let operator = issue(&operator, &key(9), NOW, NOW + 86_400).unwrap();
    let status = issue(&status, &key(9), NOW, NOW + 86_400).unwrap();
    OperatorCredential::new(
        key(9),
        Verified::<Operator>::verify(&operator, &organisation, NOW).unwrap(),
        Verified::<Status>::verify(&status, &organisation, NOW).unwrap(),
    )
    .unwrap()
}

#[test]
fn a_credential_is_for_its_own_key() {
    let good = credential();
    assert!(OperatorCredential::new(key(5), good.operator().clone(), good.status().clone()).is_err());
}

#[test]
fn the_same_bytes_may_come_again_and_others_may_not() {
    let (customer, operator) = verified();
    let m1 = knock(0).m1().to_vec();
    let m2 = accept(&m1, Some(credential())).unwrap().m2().to_vec();
    let m3 = revealed(&m2).m3().to_vec();
    let m4 = operator.m4().to_vec();
    assert!([&m2, &m4].iter().all(|message| customer.seen().check_again(message).is_ok()));
    assert!([&m1, &m3].iter().all(|message| operator.seen().check_again(message).is_ok()));
    let second = Err(HandshakeError::SecondMessage);
    let mut other_m2 = m2.clone();
    other_m2[70] ^= 1;
    assert_eq!(customer.seen().check_again(&other_m2), second);
    assert_eq!(revealed(&m2).seen().check_again(&m4), second, "not yet seen");
    assert_eq!(operator.seen().check_again(&m2), second);
}

#[test]
fn another_organisations_m4_or_an_earlier_sessions_does_not_open() {
    let (_, operator) = shaken(Some(credential()));
    let mut drawn = Script::new(&[&[0x31; 32], &[1; 32]]);
    let accepted = OperatorAccepted::new(&mut drawn, knock(0).m1(), [0; 32], 0, Some(credential())).unwrap();
    let refusal = revealed(accepted.m2()).receive_m4(operator.m4(), &trust(), NOW).err();
    assert_eq!(refusal, Some(HandshakeError::NotSealed));
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), number in 0u8..6) {
        let bytes = [&[number][..], &bytes].concat();
        prop_assert!(accept(&bytes, None).is_err() || bytes.len() == 51);
        let _ = knock(0).receive_m2(&bytes);
        prop_assert!(accept(knock(0).m1(), None).unwrap().receive_m3(&bytes).is_err());
        let (customer, operator) = shaken(None);
        prop_assert!(customer.receive_m4(&bytes, &trust(), NOW).is_err());
        prop_assert!(operator.receive_m5(&bytes).is_err());
    }
}
