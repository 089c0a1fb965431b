//! The customer says No, or the number does not match.

use std::time::Duration;

use beside_identity::CheckMode;
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, ErrorCode, Party};
use beside_session::{Check, CustomerAct, CustomerPhase, Decision, OperatorAct};
use beside_testkit::{Peer, Setup, World};

const SOON: Duration = Duration::from_secs(3);

fn both_ended(world: &World, end: End) {
    assert_eq!(world.end(Peer::Customer), Some(end), "customer");
    assert_eq!(world.end(Peer::Operator), Some(end), "operator");
    assert_eq!(world.viewer.frames, 0);
}

#[test]
fn no_is_no() {
    let mut world = World::new(Setup::new(10));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    world.compare();
    world.read();
    world.customer_does(CustomerAct::Answer { allow: false });
    world.run_for(SOON);
    both_ended(&world, End::new(Party::Customer, EndReason::Refused));
    assert!(world.reported(Peer::Operator, SessionEvent::Verdict { accepted: false }));
    let state = world.operator_state();
    assert_eq!(state.decision, Decision::Refused);
}

#[test]
fn a_press_before_the_buttons_arm_is_no_answer() {
    let mut world = World::new(Setup::new(11));
    world.shake_hands();
    world.customer_does(CustomerAct::ContinueWho);
    world.run_for(Duration::from_millis(799));
    world.customer_does(CustomerAct::ContinueWho);
    assert!(matches!(world.phase(), CustomerPhase::Who { .. }));
    world.run_for(Duration::from_millis(1));
    world.customer_does(CustomerAct::ContinueWho);
    world.customer_does(CustomerAct::HaveRead);
    assert!(matches!(world.phase(), CustomerPhase::Number { .. }));
    world.read();
    world.customer_does(CustomerAct::HaveRead);
    world.customer_does(CustomerAct::Answer { allow: true });
    world.run_for(Duration::from_millis(799));
    world.customer_does(CustomerAct::Answer { allow: true });
    assert!(matches!(world.phase(), CustomerPhase::Allow { .. }));
}

/// A number that is neither this one nor the code.
fn wrong(number: &str, code: &str) -> &'static str {
    ["000000", "000001"].into_iter().find(|other| *other != number && *other != code).unwrap_or("000002")
}

#[test]
fn the_operator_types_a_wrong_number_thrice_before_the_yes() {
    let mut world = World::new(Setup::new(12));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let wrong = wrong(&world.number_on_screen().unwrap(), world.code.reveal());
    for left in [2, 1] {
        world.operator_does(OperatorAct::TypeNumber(wrong));
        assert_eq!(world.check(), Check::Type { tries_left: left, mismatch: true, typed_code: false });
    }
    world.operator_does(OperatorAct::TypeNumber(wrong));
    world.run_for(SOON);
    both_ended(&world, End::failed(Party::Operator, EndReason::NumberDiffers, ErrorCode::CheckFailed));
}

#[test]
fn the_operator_types_a_wrong_number_thrice_after_the_yes() {
    let mut world = World::new(Setup::new(13));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let wrong = wrong(&world.number_on_screen().unwrap(), world.code.reveal());
    world.compare();
    world.allow();
    world.run_for(SOON);
    assert!(matches!(world.phase(), CustomerPhase::Starting { .. }));
    for _ in 0..3 {
        world.change_screen();
        world.operator_does(OperatorAct::TypeNumber(wrong));
    }
    world.run_for(SOON);
    // The word of it is authenticated: it came in a sealed close, not from the broker.
    both_ended(&world, End::failed(Party::Operator, EndReason::NumberDiffers, ErrorCode::CheckFailed));
}

#[test]
fn the_customer_types_a_wrong_number_thrice() {
    let mut world = World::new(Setup::with_mode(14, CheckMode::CustomerTypes));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let Check::Compare { number, read_out: true } = world.check() else { panic!("nothing to read out") };
    let wrong = wrong(number.reveal(), world.code.reveal());
    for _ in 0..3 {
        world.customer_does(CustomerAct::TypeNumber(wrong));
    }
    world.run_for(SOON);
    let customer = End::failed(Party::Customer, EndReason::NumberDiffers, ErrorCode::CheckFailed);
    both_ended(&world, customer);
    assert!(world.reported(Peer::Operator, SessionEvent::Verdict { accepted: false }));
}

#[test]
fn the_code_typed_as_the_number_is_pointed_out_on_both_sides() {
    let mut world = World::new(Setup::new(15));
    world.shake_hands();
    let code = world.code.reveal().to_owned();
    world.operator_does(OperatorAct::TypeNumber(&code));
    assert_eq!(world.check(), Check::Type { tries_left: 3, mismatch: true, typed_code: true });

    let mut world = World::new(Setup::with_mode(16, CheckMode::CustomerTypes));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let code = world.code.reveal().to_owned();
    world.customer_does(CustomerAct::TypeNumber(&code));
    let CustomerPhase::TypeNumber { tries_left: 3, typed_code: true, .. } = world.phase() else {
        panic!("{:?}", world.phase())
    };
}

#[test]
fn before_the_match_nothing_goes_out_and_no_lease_runs() {
    let mut world = World::new(Setup::new(17));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let number = world.number_on_screen().unwrap();
    world.compare();
    world.allow();
    world.run_for(Duration::from_secs(60));
    assert_eq!(world.desktop.frames, 0);
    assert!(!world.has(beside_protocol::Right::View));
    world.operator_does(OperatorAct::TypeNumber(&number));
    world.run_for(SOON);
    let CustomerPhase::Session(session) = world.phase() else { panic!("{:?}", world.phase()) };
    assert!(session.leases[0].left > Duration::from_secs(30 * 60 - 4), "{:?}", session.leases);
    assert!(world.viewer.frames > 0);
}

#[test]
fn either_side_may_call_it_off() {
    let mut world = World::new(Setup::new(18));
    world.run_for(SOON);
    world.customer_does(CustomerAct::Cancel);
    assert_eq!(world.end(Peer::Customer), Some(End::new(Party::Customer, EndReason::Cancelled)));
    assert!(!world.reported(Peer::Customer, SessionEvent::HandshakeFailed), "no handshake was begun");

    let mut world = World::new(Setup::new(19));
    world.shake_hands();
    world.operator_does(OperatorAct::Leave(beside_session::Leave::Closed));
    world.run_for(SOON);
    both_ended(&world, End::new(Party::Operator, EndReason::Closed));
    assert!(world.reported(Peer::Customer, SessionEvent::HandshakeFailed));
}
