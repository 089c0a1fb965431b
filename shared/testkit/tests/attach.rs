//! Attaching a path: only the session's two ends can, and they say from where they go on.

use std::time::Duration;

use beside_crypto::attach::ResumeFrom;
use beside_protocol::control::ControlMessage;
use beside_protocol::handshake::{A1, A3};
use beside_protocol::path::PathKind;
use beside_protocol::record::Lane;
use beside_protocol::{EndReason, ErrorCode, PathId, Right};
use beside_session::{CustomerInput, FIRST_RELAY, PathInput, relay_path};
use beside_testkit::{Peer, RawOperator, Setup, World};

/// A session with a hand-made operator whose customer has just asked to attach the second relay path.
fn asked(seed: u64) -> (World, RawOperator, Vec<u8>) {
    let mut world = World::new(Setup::new(seed));
    let mut raw = RawOperator::session(&mut world, true);
    world.run_for(Duration::from_secs(1));
    raw.send(&mut world, Lane::Ack, &[0; 9]);
    world.to_customer(CustomerInput::Path(PathInput::Down { path: FIRST_RELAY }));
    world.mailbox.clear();
    world.lose_relay();
    world.restore_relay();
    world.run_for(Duration::from_millis(100));
    let asks = |(_, bytes): &&(PathId, Vec<u8>)| bytes[0] == A1;
    let Some((_, a1)) = world.mailbox.iter().find(asks).cloned() else { panic!("nobody asks to attach") };
    (world, raw, a1)
}

fn answer(world: &mut World, raw: &RawOperator, a1: &[u8], from: ResumeFrom) {
    send(world, raw.answer_attach(a1, from));
}

fn send(world: &mut World, bytes: Vec<u8>) {
    let path = relay_path(1);
    world.network.inject(Peer::Operator, path, bytes, world.now);
    world.run_for(Duration::from_millis(100));
}

#[test]
fn a_path_is_the_sessions_only_after_the_proof_and_the_first_record() {
    let (mut world, mut raw, a1) = asked(120);
    let ask = ControlMessage::Ask { right: Right::Control, seconds: 60, reason: String::new() };
    let ask = raw.seal(&world, Lane::Control, &serde_json::to_vec(&ask).unwrap());
    send(&mut world, ask.clone());
    assert!(world.session().unwrap().request.is_none(), "a record before the proof is not taken");
    answer(&mut world, &raw, &a1, ResumeFrom { control: 1, input: 0, files: 0 });
    assert!(world.mailbox.iter().any(|(_, bytes)| bytes[0] == A3));
    assert_eq!(world.path(), None, "the operator has not said that it took A3");
    send(&mut world, ask);
    assert_eq!(world.path(), Some(PathKind::Relay));
    assert!(world.session().unwrap().request.is_some());
}

#[test]
fn an_answer_that_proves_nothing_is_no_answer() {
    let (mut world, raw, a1) = asked(121);
    let a2 = raw.answer_attach(&a1, ResumeFrom { control: 1, input: 0, files: 0 });
    for place in [1, 40, 60, 88] {
        let mut altered = a2.clone();
        altered[place] ^= 1;
        send(&mut world, altered);
    }
    assert!(!world.mailbox.iter().any(|(_, bytes)| bytes[0] == A3));
    assert_eq!(world.end(Peer::Customer), None);
}

#[test]
fn what_the_operator_skips_of_its_input_is_let_go_of() {
    let (mut world, raw, a1) = asked(122);
    let released = world.desktop.released;
    answer(&mut world, &raw, &a1, ResumeFrom { control: 1, input: 7, files: 0 });
    assert_eq!(world.desktop.released, released + 1);
    assert_eq!(world.end(Peer::Customer), None);
}

#[test]
fn nothing_else_may_be_skipped() {
    for from in [ResumeFrom { control: 5, input: 0, files: 0 }, ResumeFrom { control: 1, input: 0, files: 1 }] {
        let (mut world, raw, a1) = asked(123);
        answer(&mut world, &raw, &a1, from);
        let end = world.end(Peer::Customer).expect("it must not go on");
        assert_eq!((end.reason, end.error), (EndReason::Misbehaved, Some(ErrorCode::MessageUnexpected)));
    }
}

#[test]
fn a_stranger_who_asks_changes_nothing() {
    let mut world = World::new(Setup::new(124));
    world.start_session();
    world.give_control();
    let mut a1 = vec![A1];
    a1.extend_from_slice(&world.customer.sid().0);
    a1.extend_from_slice(&[9; 32]);
    for x in 0..20 {
        world.operator_moves(x);
        world.network.inject(Peer::Customer, FIRST_RELAY, a1.clone(), world.now);
        world.network.inject(Peer::Customer, FIRST_RELAY, vec![A3; 57], world.now);
        world.run_for(Duration::from_millis(100));
    }
    assert_eq!(world.desktop.injected.len(), 20, "no input was dropped for a stranger");
    assert_eq!(world.path(), Some(PathKind::Relay));
}
