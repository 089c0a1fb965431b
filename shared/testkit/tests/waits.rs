//! Nobody is waited for longer than was said.

use std::time::Duration;

use beside_protocol::handshake::{M3, M4, M5};
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, ErrorCode, Party};
use beside_session::{CustomerAct, CustomerPhase};
use beside_testkit::{Fate, Peer, Setup, World};

const TIMED_OUT: End = End::failed(Party::Nobody, EndReason::TimedOut, ErrorCode::NoAnswer);

/// Somebody keeps every message that begins with this byte.
fn keep_back(world: &mut World, kind: u8) {
    world.network.tamper =
        Some(Box::new(move |_, _, bytes| if bytes.first() == Some(&kind) { Fate::Drop } else { Fate::Pass }));
}

fn ends_within(world: &mut World, peer: Peer, at_least: u64, at_most: u64) {
    let before = world.elapsed();
    world.run_until("the end", Duration::from_secs(at_most), |world| world.end(peer).is_some());
    assert!(world.elapsed() - before >= Duration::from_secs(at_least), "too early: {:?}", world.elapsed() - before);
    assert_eq!(world.end(peer), Some(TIMED_OUT));
}

#[test]
fn the_operator_does_not_answer() {
    let mut world = World::new(Setup::new(20));
    ends_within(&mut world, Peer::Customer, 120, 120);
}

#[test]
fn the_share_does_not_come() {
    let mut world = World::new(Setup::new(21));
    keep_back(&mut world, M3);
    world.run_for(Duration::from_secs(1));
    world.accept();
    ends_within(&mut world, Peer::Operator, 10, 10);
    assert!(world.reported(Peer::Operator, SessionEvent::HandshakeFailed));
}

#[test]
fn the_proof_does_not_come() {
    let mut world = World::new(Setup::new(22));
    keep_back(&mut world, M4);
    world.run_for(Duration::from_secs(1));
    world.accept();
    world.run_until("M3", Duration::from_secs(1), |world| matches!(world.phase(), CustomerPhase::Shaking));
    ends_within(&mut world, Peer::Customer, 10, 10);
}

#[test]
fn the_customer_does_not_decide() {
    let mut world = World::new(Setup::new(23));
    world.shake_hands();
    ends_within(&mut world, Peer::Customer, 300, 300);
    world.run_for(Duration::from_secs(2));
    assert_eq!(world.end(Peer::Operator), Some(TIMED_OUT));
}

#[test]
fn the_answer_does_not_arrive() {
    let mut world = World::new(Setup::new(24));
    world.shake_hands();
    keep_back(&mut world, M5);
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    world.compare();
    world.allow();
    ends_within(&mut world, Peer::Operator, 290, 300);
}

#[test]
fn the_operator_never_types_the_number() {
    let mut world = World::new(Setup::new(25));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    world.compare();
    world.allow();
    ends_within(&mut world, Peer::Customer, 300, 300);
    world.run_for(Duration::from_secs(2));
    assert_eq!(world.end(Peer::Operator), Some(TIMED_OUT));
    assert_eq!(world.desktop.frames, 0);
}
