//! An operator's app that breaks the rules from within: it holds the session's keys.

use std::time::Duration;

use beside_protocol::control::{ControlMessage, RightEnd};
use beside_protocol::input::InputEvent;
use beside_protocol::picture::Feedback;
use beside_protocol::record::Lane;
use beside_protocol::{EndReason, ErrorCode, Party, Right};
use beside_session::{CustomerAct, CustomerPhase, FIRST_RELAY};
use beside_testkit::{Peer, RawOperator, Setup, World};

fn ended_for(world: &World, error: ErrorCode) {
    let end = world.end(Peer::Customer).unwrap_or_else(|| panic!("went on: {:?}", world.phase()));
    assert_eq!((end.by, end.reason, end.error), (Party::Customer, EndReason::Misbehaved, Some(error)));
    assert!(world.desktop.injected.is_empty());
}

fn click() -> Vec<u8> {
    let mut payload = Vec::new();
    InputEvent::Text("rm".to_owned()).encode(&mut payload);
    payload
}

#[test]
fn a_second_different_m2_or_m4_ends_the_attempt() {
    let mut world = World::new(Setup::new(100));
    let credential = world.setup.trust.credential();
    let mut raw = RawOperator::shake_hands(&mut world, Some(credential));
    assert!(matches!(world.phase(), CustomerPhase::Who { .. }));
    let mut m4 = vec![4; 300];
    m4[1] = 7;
    raw.send_bytes(&mut world, m4);
    ended_for(&world, ErrorCode::HandshakeFailed);

    let mut world = World::new(Setup::new(102));
    let credential = world.setup.trust.credential();
    let _raw = RawOperator::shake_hands(&mut world, Some(credential));
    world.pass_m2(vec![2; 170]);
    world.run_for(Duration::from_secs(1));
    ended_for(&world, ErrorCode::HandshakeFailed);
}

#[test]
fn anything_before_m5_ends_the_attempt() {
    for bytes in [vec![0x20; 60], vec![0x11; 49], vec![5; 26], vec![0xff]] {
        let mut world = World::new(Setup::new(103));
        let credential = world.setup.trust.credential();
        let mut raw = RawOperator::shake_hands(&mut world, Some(credential));
        raw.send_bytes(&mut world, bytes);
        ended_for(&world, ErrorCode::HandshakeFailed);
    }
}

#[test]
fn anything_before_checked_ends_the_session() {
    let before: [(Lane, Vec<u8>, ErrorCode); 5] = [
        (Lane::Input, click(), ErrorCode::NotPermitted),
        (Lane::Control, br#"{"type":"ping","number":1}"#.to_vec(), ErrorCode::MessageUnexpected),
        (Lane::Picture, Feedback::Refresh.encode(), ErrorCode::MessageUnexpected),
        (Lane::Files, vec![1], ErrorCode::NotPermitted),
        (Lane::Pointer, vec![0; 16], ErrorCode::MessageUnexpected),
    ];
    for (lane, payload, error) in before {
        let mut world = World::new(Setup::new(104));
        let mut raw = RawOperator::session(&mut world, false);
        assert!(matches!(world.phase(), CustomerPhase::Starting { .. }));
        raw.send(&mut world, lane, &payload);
        ended_for(&world, error);
        assert_eq!(world.desktop.frames, 0);
    }
}

#[test]
fn input_that_nobody_ever_allowed_ends_the_session() {
    let mut world = World::new(Setup::new(105));
    let mut raw = RawOperator::session(&mut world, true);
    assert!(world.has(Right::View));
    raw.send(&mut world, Lane::Input, &click());
    ended_for(&world, ErrorCode::NotPermitted);
}

#[test]
fn input_long_after_the_right_has_ended_ends_the_session() {
    let mut world = World::new(Setup::new(106));
    let mut raw = RawOperator::session(&mut world, true);
    raw.say(&mut world, &ControlMessage::Ask { right: Right::Control, seconds: 60, reason: String::new() });
    world.read();
    world.customer_does(CustomerAct::AnswerRequest { right: Right::Control, allow: true });
    raw.send(&mut world, Lane::Input, &click());
    assert_eq!(world.desktop.injected.len(), 1);
    world.desktop.injected.clear();
    world.customer_does(CustomerAct::TurnOff(Right::Control));
    // The operator's app has not acknowledged the news: it may not know.
    raw.send(&mut world, Lane::Input, &click());
    assert_eq!(world.end(Peer::Customer), None);
    raw.acknowledge(&mut world);
    raw.send(&mut world, Lane::Input, &click());
    assert_eq!(world.end(Peer::Customer), None, "two seconds for what was on its way");
    world.run_for(Duration::from_millis(2_100));
    raw.send(&mut world, Lane::Input, &click());
    ended_for(&world, ErrorCode::NotPermitted);
}

#[test]
fn what_only_the_customer_may_say_ends_the_session() {
    let messages = [
        ControlMessage::Checked,
        ControlMessage::Granted { right: Right::Control, seconds: 900 },
        ControlMessage::Denied { right: Right::View },
        ControlMessage::Ended { right: Right::View, why: RightEnd::RanOut },
        ControlMessage::InputHeld { why: None },
        ControlMessage::Displays { all: Vec::new(), shared: beside_protocol::DisplayId(0) },
        ControlMessage::Description {
            path: FIRST_RELAY,
            kind: beside_protocol::control::DescriptionKind::Offer,
            sdp: String::new(),
        },
    ];
    for message in messages {
        let mut world = World::new(Setup::new(107));
        let mut raw = RawOperator::session(&mut world, true);
        raw.say(&mut world, &message);
        ended_for(&world, ErrorCode::MessageUnexpected);
    }
}

#[test]
fn malformed_and_impossible_payloads_end_the_session() {
    let payloads: [(Lane, Vec<u8>, ErrorCode); 10] = [
        (Lane::Control, b"{}".to_vec(), ErrorCode::MessageMalformed),
        (Lane::Control, br#"{"type":"become_administrator"}"#.to_vec(), ErrorCode::MessageMalformed),
        (Lane::Control, Vec::new(), ErrorCode::MessageMalformed),
        (Lane::Ack, vec![0; 8], ErrorCode::MessageMalformed),
        (Lane::Ack, [&[0u8][..], &[0xff; 8][..]].concat(), ErrorCode::MessageUnexpected),
        (Lane::Picture, vec![9], ErrorCode::MessageMalformed),
        (Lane::Picture, Feedback::Shown { frame: 1_000 }.encode(), ErrorCode::MessageUnexpected),
        (Lane::Picture, Feedback::Arrived { record: 1_000 }.encode(), ErrorCode::MessageUnexpected),
        (Lane::Picture, Feedback::Repeat { frame: 1_000, pieces: vec![0] }.encode(), ErrorCode::MessageUnexpected),
        (Lane::Voice, vec![1], ErrorCode::NotPermitted),
    ];
    for (lane, payload, error) in payloads {
        let mut world = World::new(Setup::new(108));
        let mut raw = RawOperator::session(&mut world, true);
        raw.send(&mut world, lane, &payload);
        ended_for(&world, error);
    }
}

#[test]
fn rights_that_nothing_stands_behind_are_refused_without_asking_anyone() {
    let mut world = World::new(Setup::new(109));
    let mut raw = RawOperator::session(&mut world, true);
    for right in [Right::Clipboard, Right::Files, Right::Recording, Right::Restart, Right::SystemInformation] {
        raw.say(&mut world, &ControlMessage::Ask { right, seconds: 60, reason: String::new() });
    }
    let CustomerPhase::Session(session) = world.phase() else { panic!("{:?}", world.phase()) };
    assert_eq!(session.request, None);
}
