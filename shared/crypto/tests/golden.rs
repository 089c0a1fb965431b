//! The committed vectors, the second derivation and the crate's own states say the same.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use beside_crypto::attach::{AttachAnswered, AttachAsked, ResumeFrom};
use beside_crypto::{CustomerKnock, CustomerTrust, OperatorAccepted, OperatorCredential, SessionLanes, Verdict};
use beside_identity::{Operator, Organisation, SigningKey, Status, UnixTime, Verified, issue};
use beside_protocol::record::{Lane, RecordHeader};
use beside_protocol::{Rights, SessionId};

#[path = "../examples/golden_vectors/derivation.rs"]
mod derivation;
#[path = "common/script.rs"]
mod script;
#[path = "common/start.rs"]
mod start;

use script::Script;
use start::start;

const COMMITTED: &str = include_str!("../vectors/handshake.json");
const NOW: UnixTime = UnixTime(1_800_000_001);

struct Vector(BTreeMap<String, String>);

impl Vector {
    fn all() -> Vec<Self> {
        let vectors: Vec<BTreeMap<String, String>> = serde_json::from_str(COMMITTED).unwrap();
        vectors.into_iter().map(Self).collect()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        hex::decode(&self.0[name]).unwrap()
    }

    fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap()
    }

    fn u64(&self, name: &str) -> u64 {
        u64::from_be_bytes(self.array(name))
    }

    fn is_certified(&self) -> bool {
        !self.0["operator_certificate"].is_empty()
    }
}

#[test]
fn the_committed_file_is_what_the_second_derivation_gives() {
    assert_eq!(derivation::json().unwrap(), COMMITTED);
}

#[test]
fn the_committed_file_has_exactly_the_documented_values() {
    let mut names: Vec<_> = "eC_private eC_public nC fpC capsC eO_private eO_public nO fpO capsO version_suite sid \
        organisation_private operator_private operator_certificate operator_certificate_sha256 status commit m1 m2 m3 z \
        th extra prk hs_o hs_c sas next m4 th4 m5_plain m5 th2 traffic_secret record a1 a2 a3 check_number"
        .split_whitespace()
        .collect();
    names.sort_unstable();
    let vectors = Vector::all();
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        assert_eq!(vector.0.keys().collect::<Vec<_>>(), names);
    }
}

fn organisation(vector: &Vector) -> Verified<Organisation> {
    let vendor = SigningKey::from_bytes(&[0x77; 32]).unwrap();
    let body = Organisation {
        name: "Support".to_owned(),
        call_back: String::new(),
        broker: "broker.example:443".parse().unwrap(),
        keys: vec![SigningKey::from_bytes(&vector.array("organisation_private")).unwrap().public()],
        logo: [0; 32],
    };
    let bytes = issue(&body, &vendor, UnixTime(1_799_999_999), UnixTime(1_810_000_000)).unwrap();
    Verified::<Organisation>::verify(&bytes, &[vendor.public()], NOW).unwrap()
}

fn credential(vector: &Vector, organisation: &Organisation) -> OperatorCredential {
    let key = SigningKey::from_bytes(&vector.array("operator_private")).unwrap();
    let operator = Verified::<Operator>::verify(&vector.bytes("operator_certificate"), organisation, NOW).unwrap();
    let status = Verified::<Status>::verify(&vector.bytes("status"), organisation, NOW).unwrap();
    OperatorCredential::new(key, operator, status).unwrap()
}

#[test]
fn the_crates_states_give_the_committed_bytes() {
    for vector in Vector::all() {
        let organisation = vector.is_certified().then(|| organisation(&vector));
        let credential = organisation.as_ref().map(|organisation| credential(&vector, organisation.body()));

        let mut drawn = Script::new(&[&vector.bytes("eC_private"), &vector.bytes("nC")]);
        let sid = SessionId(vector.array("sid"));
        let customer = CustomerKnock::new(&mut drawn, sid, vector.array("fpC"), vector.u64("capsC"));
        assert_eq!(customer.m1(), vector.bytes("m1"));

        let mut drawn = Script::new(&[&vector.bytes("eO_private"), &vector.bytes("nO")]);
        let (fp, caps) = (vector.array("fpO"), vector.u64("capsO"));
        let operator = OperatorAccepted::new(&mut drawn, customer.m1(), fp, caps, credential).unwrap();
        assert_eq!(operator.m2(), vector.bytes("m2"));

        let customer = customer.receive_m2(operator.m2()).unwrap();
        assert_eq!(customer.m3(), vector.bytes("m3"));
        let operator = operator.receive_m3(customer.m3()).unwrap();
        assert_eq!(operator.m4(), vector.bytes("m4"));
        assert_eq!(operator.check_number().reveal(), vector.0["check_number"]);
        assert_eq!((operator.peer_fingerprint(), operator.peer_caps()), (vector.array("fpC"), vector.u64("capsC")));

        let trust = CustomerTrust { organisation, newest_status: None };
        let customer = customer.receive_m4(operator.m4(), &trust, NOW).unwrap();
        assert_eq!(customer.check_number().reveal(), vector.0["check_number"]);
        assert_eq!((customer.peer_fingerprint(), customer.peer_caps()), (vector.array("fpO"), vector.u64("capsO")));
        assert_eq!(customer.check_mode(), operator.check_mode());

        let [verdict, rights @ .., _, _, _, _] = vector.array::<9>("m5_plain");
        assert_eq!(verdict, Verdict::Accepted as u8);
        let rights = Rights::from_bits(u32::from_be_bytes(rights)).unwrap();
        let lease = u32::from_be_bytes(vector.bytes("m5_plain")[5..].try_into().unwrap());
        let (m5, customer_keys) = customer.answer(Verdict::Accepted, rights, lease).unwrap();
        assert_eq!(m5, vector.bytes("m5"));
        let (answer, operator_keys) = operator.receive_m5(&m5).unwrap();
        assert_eq!((answer.verdict, answer.rights, answer.lease_seconds), (Verdict::Accepted, rights, lease));

        let (customer, operator) = (customer_keys.unwrap(), operator_keys.unwrap());
        check_session(&vector, customer.into_lanes(start()), operator.into_lanes(start()));
    }
}

fn check_session(vector: &Vector, mut customer: SessionLanes, mut operator: SessionLanes) {
    let now = start();
    let sealer = operator.sealers.lane(Lane::Control).unwrap();
    let opener = customer.openers.lane(Lane::Control).unwrap();
    let mut record = Vec::new();
    for seq in 0..=5 {
        let at = if seq == 5 { now + Duration::from_secs(30 * 60) } else { now };
        record = sealer.seal(at, b"hi").unwrap();
        let (header, aad, ciphertext) = RecordHeader::decode(&record).unwrap();
        assert!(opener.open(at, header, aad, ciphertext).is_ok());
    }
    assert_eq!(record, vector.bytes("record"));
    assert_eq!(opener.expected(), 6);

    let (a1, a2, a3) = (vector.bytes("a1"), vector.bytes("a2"), vector.bytes("a3"));
    let asked = AttachAsked::new(&mut Script::new(&[&a1[17..]]), &customer.attach);
    assert_eq!(asked.a1(), a1);
    let (from_operator, from_customer) = (from(&a2[33..57]), from(&a3[1..25]));
    let answered =
        AttachAnswered::new(&mut Script::new(&[&a2[1..33]]), &operator.attach, asked.a1(), from_operator).unwrap();
    assert_eq!(answered.a2(), a2);
    let (proof, from) = asked.receive_a2(&customer.attach, answered.a2(), from_customer).unwrap();
    assert_eq!((proof.as_slice(), from), (a3.as_slice(), from_operator));
    assert_eq!(answered.receive_a3(&operator.attach, &proof), Ok(from_customer));
}

fn from(bytes: &[u8]) -> ResumeFrom {
    let lane = |number: usize| u64::from_be_bytes(bytes[number * 8..][..8].try_into().unwrap());
    ResumeFrom { control: lane(0), input: lane(1), files: lane(2) }
}
