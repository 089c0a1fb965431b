//! What is refused: foreign certificates, and whatever the peer writes that is no description and no candidate.

use beside_protocol::PathId;
use beside_protocol::control::DescriptionKind;
use beside_protocol::limits::RECORD_MAX;
use beside_protocol::path::Channel;
use beside_session::PathOutput;
use beside_transport::direct::{Certificate, DirectEvent};

use crate::pair::{PATH, Pair, Side};

fn down(path: PathId) -> DirectEvent {
    DirectEvent::Down { path }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_side_with_another_certificate_is_refused() {
    let [customer, operator, other] = [(); 3].map(|()| Certificate::generate().unwrap());
    let expected = customer.fingerprint();
    let mut pair = Pair {
        // DTLS itself is content: the description names the operator's certificate. The handshake named another.
        customer: Side::new(customer, other.fingerprint(), false),
        operator: Side::new(operator, expected, true),
    };
    pair.customer.carry_out(PathOutput::Gather { path: PATH });
    let [customer, operator] = pair.settle().await;
    assert_eq!(customer, down(PATH));
    if operator != down(PATH) {
        pair.operator.until_down().await;
    }
}

/// The offer of a customer.
async fn offer() -> (Pair, String) {
    let mut pair = Pair::new();
    pair.customer.carry_out(PathOutput::Gather { path: PATH });
    let DirectEvent::Described { sdp, .. } = pair.customer.next().await else {
        panic!("the description comes first");
    };
    (pair, sdp)
}

/// The descriptions that a hostile peer might make of an honest one.
fn spoilt(sdp: &str) -> Vec<String> {
    let without =
        |start: &str| sdp.lines().filter(|line| !line.starts_with(start)).map(|line| format!("{line}\r\n")).collect();
    let mut spoilt = vec![
        String::new(),
        "v=0".to_owned(),
        "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n".to_owned(),
        "\u{0}\u{1}\u{2}".repeat(99),
        sdp.replace("m=application", "m=video"),
        sdp.repeat(2),
        sdp.replace('=', ":"),
        sdp.replace("sha-256", "sha-1"),
        format!("{sdp}a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"),
    ];
    spoilt.extend(["a=ice-ufrag", "a=ice-pwd", "a=fingerprint"].map(without));
    spoilt.extend((1..12).map(|part| sdp[..sdp.len() * part / 12].to_owned()));
    spoilt
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_for_an_offer_ends_the_path_or_never_connects() {
    let (mut pair, sdp) = offer().await;
    for (number, sdp) in (100..).zip(spoilt(&sdp)) {
        let path = PathId(number);
        pair.operator.carry_out(PathOutput::Description { path, kind: DescriptionKind::Offer, sdp });
        // A description that lost only its end may still be one: then there is an answer, and no peer.
        while pair.operator.next().await != down(path) {
            pair.operator.carry_out(PathOutput::Close { path });
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_path_is_made_after_bad_ones() {
    let mut pair = Pair::new();
    for number in 100..110 {
        let (path, sdp) = (PathId(number), "v=0 garbage".to_owned());
        pair.operator.carry_out(PathOutput::Description { path, kind: DescriptionKind::Offer, sdp });
        assert_eq!(pair.operator.next().await, down(path));
    }
    pair.customer.carry_out(PathOutput::Gather { path: PATH });
    assert!(pair.settle().await.iter().all(|end| matches!(end, DirectEvent::Up { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_for_an_answer_ends_the_path() {
    for wrong in ["", "v=0\r\n", "v=0\r\nm=application 9 x y\r\n"] {
        let (mut pair, _) = offer().await;
        let (kind, sdp) = (DescriptionKind::Answer, wrong.to_owned());
        pair.customer.carry_out(PathOutput::Description { path: PATH, kind, sdp });
        pair.customer.until_down().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_candidate_ends_the_path() {
    for wrong in ["garbage", "candidate:1 1 udp x 127.0.0.1 9 typ host", "candidate:1 1 udp 1 127.0.0.1 9 typ nonsense"]
    {
        let (mut pair, sdp) = offer().await;
        let operator = &mut pair.operator;
        operator.carry_out(PathOutput::Description { path: PATH, kind: DescriptionKind::Offer, sdp });
        operator.carry_out(PathOutput::Candidate { path: PATH, candidate: wrong.to_owned(), mid: None });
        operator.until_down().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_description_ends_the_path() {
    let (mut pair, sdp) = offer().await;
    for _ in 0..2 {
        let (kind, sdp) = (DescriptionKind::Offer, sdp.clone());
        pair.operator.carry_out(PathOutput::Description { path: PATH, kind, sdp });
    }
    pair.operator.until_down().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_paths_are_refused_at_once() {
    let mut pair = Pair::new();
    for number in 1..=5 {
        pair.customer.carry_out(PathOutput::Gather { path: PathId(number) });
    }
    while pair.customer.next().await != down(PathId(5)) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_longer_than_a_record_ends_the_path() {
    let mut pair = Pair::joined().await;
    pair.customer.send(Channel::Ordered, vec![0; RECORD_MAX + 1]);
    pair.customer.until_down().await;
    pair.operator.until_down().await;
}
