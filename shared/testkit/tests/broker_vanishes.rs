//! The broker is killed at any moment: what can go on does, what can't ends within its wait.

use std::time::Duration;

use beside_protocol::limits::WAIT_SOCKET;
use beside_protocol::path::PathKind;
use beside_protocol::{End, EndReason, ErrorCode, Party, Right};
use beside_session::{CustomerAct, CustomerPhase, OperatorAct};
use beside_testkit::{Peer, Profile, Setup, World};

const SOON: Duration = Duration::from_secs(5);
const INSTANT: Duration = Duration::from_millis(1);
const ALONE: End = End::failed(Party::Nobody, EndReason::Lost, ErrorCode::BrokerLost);
const LOST: End = End::failed(Party::Nobody, EndReason::Lost, ErrorCode::PeerLost);

#[test]
fn before_the_proof_it_comes_back_in_time() {
    let mut world = World::new(Setup::new(40));
    world.run_for(Duration::from_secs(1));
    world.accept();
    world.run_until("M3 is sent", SOON, |world| matches!(world.phase(), CustomerPhase::Shaking));
    world.lose_relay();
    world.run_for(SOON);
    world.restore_relay();
    world.run_until("who is this?", SOON, |world| matches!(world.phase(), CustomerPhase::Who { .. }));
}

#[test]
fn before_the_proof_it_stays_away() {
    let mut world = World::new(Setup::new(41));
    world.run_for(Duration::from_secs(1));
    world.accept();
    world.run_until("M3 is sent", SOON, |world| matches!(world.phase(), CustomerPhase::Shaking));
    world.lose_relay();
    ends_alone(&mut world);
}

#[test]
fn before_it_is_answered_it_stays_away() {
    let mut world = World::new(Setup::new(48));
    world.run_for(Duration::from_secs(1));
    world.lose_relay();
    assert!(world.alone(), "the screen says so at once");
    world.run_for(WAIT_SOCKET - INSTANT);
    assert_eq!(world.end(Peer::Customer), None);
    world.run_for(INSTANT);
    assert_eq!(world.end(Peer::Customer), Some(ALONE));
}

#[test]
fn while_a_person_decides_it_comes_back_in_time() {
    let mut world = World::new(Setup::new(49));
    world.shake_hands();
    world.lose_relay();
    world.run_for(WAIT_SOCKET - INSTANT);
    world.restore_relay();
    assert!(!world.alone());
    world.run_for(Duration::from_secs(60));
    assert_eq!((world.end(Peer::Customer), world.end(Peer::Operator)), (None, None));
}

#[test]
fn while_a_person_decides_it_stays_away() {
    let mut world = World::new(Setup::new(50));
    world.shake_hands();
    world.lose_relay();
    ends_alone(&mut world);
}

#[test]
fn it_stays_away_after_the_yes() {
    let mut world = World::new(Setup::new(51));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    world.compare();
    world.allow();
    world.lose_relay();
    world.run_for(WAIT_SOCKET);
    assert_eq!(world.end(Peer::Customer), Some(ALONE));
}

/// Neither side waits for long: nobody can do anything.
fn ends_alone(world: &mut World) {
    world.run_for(WAIT_SOCKET - INSTANT);
    assert_eq!((world.end(Peer::Customer), world.end(Peer::Operator)), (None, None));
    world.run_for(INSTANT);
    assert_eq!((world.end(Peer::Customer), world.end(Peer::Operator)), (Some(ALONE), Some(ALONE)));
}

#[test]
fn the_yes_is_given_while_it_is_away() {
    let mut world = World::new(Setup::new(42));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let number = world.number_on_screen().unwrap();
    world.lose_relay();
    world.compare();
    world.allow();
    world.operator_does(OperatorAct::TypeNumber(&number));
    world.run_for(SOON);
    assert_eq!(world.desktop.frames, 0);
    world.restore_relay();
    world.run_until("the first picture", SOON, |world| world.viewer.frames > 0);
}

#[test]
fn the_yes_is_lost_with_it() {
    let mut world = World::new(Setup::new(43));
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let number = world.number_on_screen().unwrap();
    world.compare();
    world.allow();
    world.lose_relay();
    world.run_for(SOON);
    world.restore_relay();
    world.run_for(SOON);
    world.operator_does(OperatorAct::TypeNumber(&number));
    world.run_until("the first picture", SOON, |world| world.viewer.frames > 0);
}

#[test]
fn a_relayed_session_goes_on_where_it_was() {
    let mut world = World::new(Setup::new(44));
    world.start_session();
    world.give_control();
    world.lose_relay();
    assert!(world.desktop.released > 0, "nobody can let go of a key any more");
    world.change_screen();
    world.operator_moves(1);
    world.customer_does(CustomerAct::TurnOff(Right::View));
    world.operator_does(OperatorAct::Ask { right: Right::View, seconds: 600, reason: "again, please" });
    world.run_for(Duration::from_secs(60));
    world.restore_relay();
    world.run_for(Duration::from_secs(3));
    assert_eq!(world.session().and_then(|session| session.request).map(|request| request.right), Some(Right::View));
    world.customer_does(CustomerAct::AnswerRequest { right: Right::View, allow: true });
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.viewer.shown, world.desktop.screen);
    world.operator_moves(2);
    world.run_for(Duration::from_secs(1));
    let xs: Vec<_> = world.desktop.injected_events();
    assert!(!format!("{xs:?}").contains("x: 1,"), "a minute-old move was played back: {xs:?}");
    assert!(format!("{xs:?}").contains("x: 2,"), "{xs:?}");
}

#[test]
fn a_relayed_session_ends_after_two_minutes() {
    let mut world = World::new(Setup::new(45));
    world.start_session();
    world.lose_relay();
    world.run_for(Duration::from_secs(119));
    assert_eq!(world.end(Peer::Customer), None);
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.end(Peer::Customer), Some(LOST));
    assert_eq!(world.end(Peer::Operator), Some(LOST));
}

#[test]
fn a_direct_session_does_not_notice() {
    let mut world = World::new(Setup { direct: Some(Profile::good()), ..Setup::new(46) });
    world.start_session();
    world.run_for(SOON);
    world.lose_relay();
    for _ in 0..100 {
        world.change_screen();
        world.run_for(SOON);
    }
    assert_eq!(world.viewer.shown, world.desktop.screen);
    assert!(world.path() == Some(PathKind::DirectUdp));
}

#[test]
fn its_word_alone_ends_a_session_but_does_not_explain_it() {
    let mut world = World::new(Setup { direct: Some(Profile::good()), ..Setup::new(47) });
    world.start_session();
    world.broker_ends(Peer::Customer, End::new(Party::Operator, EndReason::Finished));
    world.run_for(SOON);
    let unexplained = End::failed(Party::Broker, EndReason::Lost, ErrorCode::PeerLost);
    assert_eq!(world.end(Peer::Customer), Some(unexplained));
}
