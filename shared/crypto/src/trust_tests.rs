//! Every way in which an operator is not to be trusted, each with its own answer.

use beside_identity::{CheckMode, KeyHash, SigningKey, issue};
use beside_protocol::{ErrorCode, Rights};

use super::*;

const NOW: UnixTime = UnixTime(1_800_000_000);
const DAY: u64 = 86_400;
const TH: [u8; 32] = [0x7e; 32];

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

fn organisation(life: (UnixTime, UnixTime)) -> Verified<Organisation> {
    let body = Organisation {
        name: "Support".to_owned(),
        call_back: String::new(),
        broker: "broker.example:443".parse().unwrap(),
        keys: vec![key(2).public()],
        logo: [0; 32],
    };
    let bytes = issue(&body, &key(1), life.0, life.1).unwrap();
    Verified::<Organisation>::verify(&bytes, &[key(1).public()], life.0).unwrap()
}

fn trust() -> CustomerTrust {
    CustomerTrust { organisation: Some(organisation((NOW, NOW + 300 * DAY))), newest_status: None }
}

/// What an operator sends in M4, with one thing changed at a time.
struct Sent {
    operator: Vec<u8>,
    status: Vec<u8>,
    signature: Vec<u8>,
}

fn operator_by(signer: u8, issued: UnixTime, life: u64) -> Vec<u8> {
    let body = Operator { name: "Kim".to_owned(), key: key(4).public(), id: "kim".parse().unwrap() };
    issue(&body, &key(signer), issued, issued + life).unwrap()
}

fn status_by(signer: u8, issued: UnixTime, revoked: Vec<KeyHash>) -> Vec<u8> {
    let body = Status { check_mode: CheckMode::BothSee, allowed: Rights::ALL, revoked };
    issue(&body, &key(signer), issued, issued + 3 * DAY).unwrap()
}

impl Default for Sent {
    fn default() -> Self {
        Self {
            operator: operator_by(2, NOW, 30 * DAY),
            status: status_by(2, NOW, Vec::new()),
            signature: key(4).sign(OPERATOR_LABEL, &TH).to_vec(),
        }
    }
}

impl Sent {
    fn judged_by(&self, trust: &CustomerTrust, now: UnixTime) -> Result<Option<Certified>, HandshakeError> {
        let proof = Proof { operator: &self.operator, status: &self.status, signature: &self.signature };
        trust.judge(&proof, &announcement(&self.operator), &TH, now)
    }

    fn refusal(&self) -> Option<HandshakeError> {
        self.judged_by(&trust(), NOW + 1).err()
    }
}

fn refused(kind: Kind, error: StatementError) -> Option<HandshakeError> {
    Some(HandshakeError::Statement { kind, error })
}

#[test]
fn an_operator_whom_the_organisation_vouches_for_is_trusted() {
    let certified = Sent::default().judged_by(&trust(), NOW + 1).unwrap().unwrap();
    assert_eq!(certified.operator.body().name, "Kim");
    assert_eq!(certified.status.body().check_mode, CheckMode::BothSee);
}

#[test]
fn absent_means_refused() {
    let nothing = Sent { operator: Vec::new(), status: Vec::new(), signature: Vec::new() };
    assert_eq!(nothing.refusal(), Some(HandshakeError::CertificateMissing));
    let no_status = Sent { status: Vec::new(), ..Sent::default() };
    assert_eq!(no_status.refusal(), Some(HandshakeError::StatusMissing));
    let no_signature = Sent { signature: Vec::new(), ..Sent::default() };
    assert_eq!(no_signature.refusal(), Some(HandshakeError::OperatorSignature));
}

#[test]
fn every_flipped_bit_of_a_statement_or_the_signature_is_refused() {
    let good = Sent::default();
    for bit in 0..good.operator.len() * 8 {
        let mut sent = Sent::default();
        sent.operator[bit / 8] ^= 1 << (bit % 8);
        assert!(sent.refusal().is_some(), "operator, bit {bit}");
    }
    for bit in 0..good.status.len() * 8 {
        let mut sent = Sent::default();
        sent.status[bit / 8] ^= 1 << (bit % 8);
        assert!(sent.refusal().is_some(), "status, bit {bit}");
    }
    for bit in 0..good.signature.len() * 8 {
        let mut sent = Sent::default();
        sent.signature[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(sent.refusal(), Some(HandshakeError::OperatorSignature), "signature, bit {bit}");
    }
}

#[test]
fn a_foreign_organisation_is_refused() {
    let sent = Sent { operator: operator_by(9, NOW, DAY), ..Sent::default() };
    assert_eq!(sent.refusal(), refused(Kind::Operator, StatementError::Foreign));
    assert_eq!(sent.refusal().unwrap().code(), ErrorCode::CertificateForeign);
    let sent = Sent { status: status_by(9, NOW, Vec::new()), ..Sent::default() };
    assert_eq!(sent.refusal(), refused(Kind::Status, StatementError::Foreign));
    let self_signed = Sent { operator: operator_by(4, NOW, DAY), ..Sent::default() };
    assert_eq!(self_signed.refusal(), refused(Kind::Operator, StatementError::Foreign));
}

#[test]
fn a_revoked_key_is_refused() {
    let sent = Sent { status: status_by(2, NOW, vec![key(4).public().hash()]), ..Sent::default() };
    assert_eq!(sent.refusal(), refused(Kind::Operator, StatementError::Revoked));
    assert_eq!(sent.refusal().unwrap().code(), ErrorCode::CertificateRevoked);
}

#[test]
fn an_expired_certificate_and_an_expired_status_are_refused() {
    let sent = Sent { operator: operator_by(2, UnixTime(NOW.0 - DAY), DAY), ..Sent::default() };
    assert_eq!(sent.refusal(), refused(Kind::Operator, StatementError::Expired(NOW)));

    let stale = UnixTime(NOW.0 - 4 * DAY);
    let trust = CustomerTrust { organisation: Some(organisation((stale, NOW + DAY))), newest_status: None };
    let sent =
        Sent { operator: operator_by(2, stale, 30 * DAY), status: status_by(2, stale, Vec::new()), ..Sent::default() };
    let expired = refused(Kind::Status, StatementError::Expired(stale + 3 * DAY));
    assert_eq!(sent.judged_by(&trust, NOW).err(), expired);

    let ended = CustomerTrust { organisation: Some(organisation((stale, NOW))), newest_status: None };
    let expired = refused(Kind::Organisation, StatementError::Expired(NOW));
    assert_eq!(Sent::default().judged_by(&ended, NOW).err(), expired);
}

#[test]
fn what_one_statement_says_of_the_time_holds_for_the_others() {
    let early = UnixTime(NOW.0 - 2 * DAY);
    let long_ago = || CustomerTrust { organisation: Some(organisation((early, NOW + DAY))), newest_status: None };

    let sent = Sent { operator: operator_by(2, early, DAY), ..Sent::default() };
    let expired = refused(Kind::Operator, StatementError::Expired(early + DAY));
    assert_eq!(sent.judged_by(&long_ago(), early).err(), expired, "the status is from a later day than this clock's");

    let stale = UnixTime(NOW.0 - 4 * DAY);
    let sent = Sent { status: status_by(2, stale, Vec::new()), ..Sent::default() };
    let expired = refused(Kind::Status, StatementError::Expired(stale + 3 * DAY));
    assert_eq!(sent.judged_by(&long_ago(), stale).err(), expired, "the certificate is from a later day");

    assert!(Sent::default().judged_by(&trust(), UnixTime(0)).is_ok(), "a slow clock works");
}

#[test]
fn a_fast_clock_is_told_from_an_expired_certificate() {
    let fast = NOW + 31 * DAY;
    let refusal = Sent::default().judged_by(&trust(), fast).err();
    assert_eq!(refusal, Some(HandshakeError::Clock { now: fast }));
    assert_eq!(refusal.unwrap().code(), ErrorCode::Clock);
}

#[test]
fn a_status_older_than_one_seen_is_refused() {
    let newest_status = Some(NOW + 1);
    let refusal = Sent::default().judged_by(&CustomerTrust { newest_status, ..trust() }, NOW).err();
    assert_eq!(refusal, refused(Kind::Status, StatementError::OlderThanSeen));
    let same = CustomerTrust { newest_status: Some(NOW), ..trust() };
    assert!(Sent::default().judged_by(&same, NOW).is_ok());
}

#[test]
fn the_certificate_must_be_the_announced_one_and_the_signature_over_this_handshake() {
    let sent = Sent::default();
    let proof = Proof { operator: &sent.operator, status: &sent.status, signature: &sent.signature };
    for announced in [[0; 32], [1; 32]] {
        let refusal = trust().judge(&proof, &announced, &TH, NOW).err();
        assert_eq!(refusal, Some(HandshakeError::StatementSwapped));
        let without = CustomerTrust::default().judge(&proof, &announced, &TH, NOW).err();
        assert_eq!(without, Some(HandshakeError::StatementSwapped));
    }
    let another = trust().judge(&proof, &announcement(&sent.operator), &[0; 32], NOW).err();
    assert_eq!(another, Some(HandshakeError::OperatorSignature));

    let other_key = Sent { signature: key(5).sign(OPERATOR_LABEL, &TH).to_vec(), ..Sent::default() };
    assert_eq!(other_key.refusal(), Some(HandshakeError::OperatorSignature));
    let other_label = Sent { signature: key(4).sign("beside1 statement", &TH).to_vec(), ..Sent::default() };
    assert_eq!(other_label.refusal(), Some(HandshakeError::OperatorSignature));
}

#[test]
fn without_an_organisation_nothing_is_believed() {
    assert!(Sent::default().judged_by(&CustomerTrust::default(), NOW).unwrap().is_none());
}
