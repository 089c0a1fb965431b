//! A customer's app that breaks the rules: the operator's app must not be hurt by it.

use std::time::Duration;

use beside_crypto::Verdict;
use beside_protocol::control::ControlMessage;
use beside_protocol::picture::{CHUNK_MAX, Chunk};
use beside_protocol::record::Lane;
use beside_protocol::{End, EndReason, ErrorCode, Party, Right, Rights};
use beside_session::OperatorOutput;
use beside_testkit::RawCustomer;

fn ended_for(raw: &RawCustomer, error: ErrorCode) {
    assert_eq!(raw.end(), Some(End::failed(Party::Operator, EndReason::Misbehaved, error)));
}

#[test]
fn a_share_that_was_not_committed_to() {
    let raw = RawCustomer::reveal(110, |m3| m3[100] ^= 1);
    ended_for(&raw, ErrorCode::HandshakeFailed);
}

#[test]
fn a_second_different_share() {
    let mut raw = RawCustomer::reveal(111, |_| {});
    let m3 = raw.m3.clone();
    raw.send_bytes(&m3);
    assert!(raw.end().is_none(), "the same bytes may come again");
    assert!(raw.take_transmit().is_some(), "and are answered by the same M4");
    let mut other = m3;
    other[100] ^= 1;
    raw.send_bytes(&other);
    ended_for(&raw, ErrorCode::HandshakeFailed);
}

#[test]
fn m5_grants_view_and_nothing_else() {
    for rights in [Rights::ALL, Rights::NONE, Rights::only(Right::Control)] {
        let raw = RawCustomer::answer(112, Verdict::Accepted, rights);
        ended_for(&raw, ErrorCode::MessageMalformed);
    }
}

#[test]
fn a_picture_before_the_check() {
    let mut raw = RawCustomer::answer(113, Verdict::Accepted, Rights::only(Right::View));
    raw.send(Lane::Picture, &Chunk { frame: 1, index: 0, count: 1, bytes: &[1; 20] }.encode());
    ended_for(&raw, ErrorCode::MessageUnexpected);
}

#[test]
fn frames_further_ahead_than_two() {
    let mut raw = RawCustomer::session(114);
    for frame in 1..=2 {
        raw.send(Lane::Picture, &Chunk { frame, index: 0, count: 1, bytes: &[1; 20] }.encode());
    }
    assert!(raw.end().is_none());
    raw.send(Lane::Picture, &Chunk { frame: 3, index: 0, count: 1, bytes: &[1; 20] }.encode());
    ended_for(&raw, ErrorCode::MessageUnexpected);
}

#[test]
fn a_frame_that_changes_its_length() {
    let mut raw = RawCustomer::session(115);
    raw.send(Lane::Picture, &Chunk { frame: 1, index: 0, count: 3, bytes: &[1; CHUNK_MAX] }.encode());
    raw.send(Lane::Picture, &Chunk { frame: 1, index: 1, count: 4, bytes: &[1; CHUNK_MAX] }.encode());
    ended_for(&raw, ErrorCode::MessageMalformed);
}

#[test]
fn what_only_the_operator_may_say() {
    for message in [
        ControlMessage::Checked,
        ControlMessage::Ask { right: Right::View, seconds: 1, reason: String::new() },
        ControlMessage::GiveBack { right: Right::View },
        ControlMessage::ShareDisplay { display: beside_protocol::DisplayId(1) },
    ] {
        let mut raw = RawCustomer::session(116);
        raw.say(&message);
        ended_for(&raw, ErrorCode::MessageUnexpected);
    }
}

#[test]
fn offers_and_candidates_without_end_cost_nothing() {
    let mut raw = RawCustomer::session(117);
    raw.outputs.clear();
    for number in 1..=100 {
        let path = beside_protocol::PathId(number);
        let kind = beside_protocol::control::DescriptionKind::Offer;
        raw.say(&ControlMessage::Description { path, kind, sdp: "a=fingerprint:sha-256 00\r\n".to_owned() });
        for _ in 0..100 {
            raw.say(&ControlMessage::Candidate { path, candidate: "candidate:1".to_owned(), mid: None });
        }
    }
    assert!(raw.end().is_none());
    let candidates = raw
        .outputs
        .iter()
        .filter(|output| matches!(output, OperatorOutput::Path(beside_session::PathOutput::Candidate { .. })));
    assert_eq!(candidates.count(), 6_400, "64 a path");
    let closed = raw
        .outputs
        .iter()
        .filter(|output| matches!(output, OperatorOutput::Path(beside_session::PathOutput::Close { .. })));
    assert_eq!(closed.count(), 99, "one at a time");
}

#[test]
fn a_refusal_is_final() {
    let mut raw = RawCustomer::answer(118, Verdict::Refused, Rights::NONE);
    let end = raw.end().unwrap();
    assert_eq!((end.by, end.reason), (Party::Customer, EndReason::Refused));
    raw.send_bytes(&[5; 26]);
    raw.operator.advance(raw.now + Duration::from_secs(1_000));
    assert_eq!(raw.end(), Some(end));
    assert!(raw.operator.deadline().is_none());
}
