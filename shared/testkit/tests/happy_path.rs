//! From the knock over the first picture and control to Stop, in each check mode.

use std::time::Duration;

use beside_identity::CheckMode;
use beside_protocol::input::{Button, InputEvent};
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, Party, Right};
use beside_session::{Check, CustomerAct, CustomerPhase, OperatorAct};
use beside_testkit::{Peer, Setup, World};

fn from_knock_to_stop(setup: Setup) {
    let mut world = World::new(setup);
    world.start_session();
    assert_eq!(world.viewer.shown, 1);
    assert_eq!(world.check(), Check::Matched);
    for peer in [Peer::Customer, Peer::Operator] {
        assert!(world.reported(peer, SessionEvent::Verdict { accepted: true }));
        assert!(world.reported(peer, SessionEvent::Checked));
    }
    assert!(world.reported(Peer::Customer, SessionEvent::Granted { right: Right::View, seconds: 1_800 }));

    for _ in 0..20 {
        world.change_screen();
        world.run_for(Duration::from_millis(50));
    }
    assert_eq!(world.viewer.shown, 21);

    world.give_control();
    let events = [
        InputEvent::Move { x: 7, y: 9 },
        InputEvent::Button { button: Button::Left, down: true },
        InputEvent::Button { button: Button::Left, down: false },
        InputEvent::Text("안녕하세요".to_owned()),
    ];
    world.operator_does(OperatorAct::Input(&events));
    world.run_for(Duration::from_millis(100));
    assert_eq!(world.desktop.injected_events(), events);

    world.customer_does(CustomerAct::Stop);
    world.run_for(Duration::from_secs(3));
    let stopped = End::new(Party::Customer, EndReason::Stopped);
    assert_eq!(world.end(Peer::Customer), Some(stopped));
    assert_eq!(world.end(Peer::Operator), Some(stopped));
}

#[test]
fn both_see_the_number() {
    from_knock_to_stop(Setup::with_mode(1, CheckMode::BothSee));
}

#[test]
fn the_operator_types_the_number() {
    from_knock_to_stop(Setup::with_mode(2, CheckMode::OperatorTypes));
}

#[test]
fn the_customer_types_the_number() {
    from_knock_to_stop(Setup::with_mode(3, CheckMode::CustomerTypes));
}

#[test]
fn without_org_json_the_customer_types_and_no_name_is_verified() {
    let setup = Setup { org_json: false, ..Setup::with_mode(4, CheckMode::OperatorTypes) };
    let mut world = World::new(setup);
    world.shake_hands();
    assert!(world.customer.state(world.now).operator.is_none());
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    assert!(matches!(world.phase(), CustomerPhase::TypeNumber { .. }));
    from_knock_to_stop(Setup { org_json: false, certified: false, ..Setup::with_mode(5, CheckMode::OperatorTypes) });
}

#[test]
fn with_org_json_the_operators_certified_name_is_shown() {
    let mut world = World::new(Setup::new(6));
    world.shake_hands();
    let operator = world.customer.state(world.now).operator.expect("verified");
    assert_eq!(operator.body().name, "김민지");
}
