//! Rights one by one: asked for, given, taken back, given back, run out.

use std::time::Duration;

use beside_identity::CheckMode;
use beside_protocol::control::InputHold;
use beside_protocol::path::{Channel, PathKind};
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, Party, Right, Rights};
use beside_session::{
    CustomerAct, CustomerInput, CustomerOutput, CustomerPhase, DesktopInput, FIRST_RELAY, OperatorAct, PathInput,
    Standing,
};
use beside_testkit::{Fate, Peer, Setup, TODAY, World};

const SOON: Duration = Duration::from_secs(1);

fn in_session(seed: u64) -> World {
    let mut world = World::new(Setup::new(seed));
    world.start_session();
    world
}

fn standing(world: &World, right: Right) -> Option<Standing> {
    world.operator_state().rights.iter().find(|seen| seen.right == right).map(|seen| seen.standing)
}

fn ask(world: &mut World, right: Right) {
    world.operator_does(OperatorAct::Ask { right, seconds: 3_600, reason: "to show you where it is" });
    world.run_for(SOON);
}

#[test]
fn a_request_waits_for_the_customers_armed_yes() {
    let mut world = in_session(50);
    ask(&mut world, Right::Control);
    assert_eq!(standing(&world, Right::Control), Some(Standing::Asked));
    let CustomerPhase::Session(session) = world.phase() else { panic!() };
    let request = session.request.unwrap();
    assert_eq!((request.right, request.reason.as_str()), (Right::Control, "to show you where it is"));
    assert_eq!(request.lease, Duration::from_secs(900), "never longer than the customer's own default");

    // A second request takes the first one's place, and the buttons arm anew.
    world.operator_does(OperatorAct::Ask { right: Right::Control, seconds: 60, reason: "just look" });
    world.run_for(Duration::from_millis(700));
    world.customer_does(CustomerAct::AnswerRequest { right: Right::Control, allow: true });
    assert!(!world.has(Right::Control));
    world.read();
    world.customer_does(CustomerAct::AnswerRequest { right: Right::View, allow: true });
    assert!(!world.has(Right::Control), "the answer was to another question");
    world.customer_does(CustomerAct::AnswerRequest { right: Right::Control, allow: true });
    world.run_for(SOON);
    assert!(matches!(standing(&world, Right::Control), Some(Standing::On { lease, .. }) if lease.as_secs() == 60));
}

#[test]
fn no_to_a_request() {
    let mut world = in_session(51);
    ask(&mut world, Right::Control);
    world.customer_does(CustomerAct::AnswerRequest { right: Right::Control, allow: false });
    world.run_for(SOON);
    assert_eq!(standing(&world, Right::Control), Some(Standing::Denied));
    assert!(world.reported(Peer::Customer, SessionEvent::Denied { right: Right::Control }));
    world.operator_moves(1);
    world.run_for(SOON);
    assert!(world.desktop.injected.is_empty());
}

#[test]
fn what_the_organisation_forbids_nobody_is_asked() {
    let mut setup = Setup::new(52);
    let view = Rights::only(Right::View);
    setup.trust.status = setup.trust.state(CheckMode::OperatorTypes, view, TODAY, TODAY + 86_400);
    let mut world = World::new(setup);
    world.start_session();
    ask(&mut world, Right::Control);
    assert_eq!(standing(&world, Right::Control), None, "the operator's own side does not even ask");
}

#[test]
fn taken_back_at_once_and_input_on_its_way_is_nobodys_fault() {
    let mut world = in_session(53);
    world.give_control();
    world.operator_moves(1);
    world.run_for(SOON);
    assert_eq!(world.desktop.injected.len(), 1);

    world.operator_moves(2);
    let released = world.desktop.released;
    world.customer_does(CustomerAct::TurnOff(Right::Control));
    assert_eq!(world.desktop.released, released + 1);
    world.operator_moves(3);
    world.run_for(SOON);
    assert_eq!(world.desktop.injected.len(), 1, "what was on its way is dropped");
    let CustomerPhase::Session(session) = world.phase() else { panic!() };
    assert_eq!(session.dropped_input, 2);
    assert_eq!(standing(&world, Right::Control), None);
    assert_eq!(world.end(Peer::Customer), None);
    assert!(world.reported(Peer::Customer, SessionEvent::RightEnded { right: Right::Control }));
}

#[test]
fn given_back_by_the_operator() {
    let mut world = in_session(54);
    world.give_control();
    world.operator_does(OperatorAct::GiveBack(Right::Control));
    assert_eq!(standing(&world, Right::Control), None);
    world.run_for(SOON);
    assert!(!world.has(Right::Control));
}

#[test]
fn control_runs_out_alone() {
    let mut world = in_session(55);
    world.give_control();
    world.run_for(Duration::from_secs(890));
    world.operator_moves(1);
    world.run_for(Duration::from_millis(50));
    assert_eq!(world.desktop.injected.len(), 1);
    world.run_for(Duration::from_secs(20));
    assert!(!world.has(Right::Control) && world.has(Right::View));
    world.operator_moves(2);
    world.run_for(SOON);
    assert_eq!(world.desktop.injected.len(), 1);
    assert_eq!(world.end(Peer::Customer), None);
}

#[test]
fn view_runs_out_the_session_stays_and_the_picture_comes_back_fresh() {
    let mut world = in_session(56);
    world.run_for(Duration::from_secs(30 * 60));
    let frames = world.viewer.frames;
    for _ in 0..5 {
        world.change_screen();
        world.run_for(SOON);
    }
    assert_eq!(world.viewer.frames, frames, "nothing is seen without the right");
    assert_eq!(world.end(Peer::Operator), None);

    ask(&mut world, Right::View);
    world.customer_does(CustomerAct::AnswerRequest { right: Right::View, allow: true });
    world.run_for(SOON);
    assert_eq!(world.viewer.shown, world.desktop.screen);
    for _ in 0..5 {
        world.change_screen();
        world.run_for(Duration::from_millis(100));
    }
    assert_eq!(world.viewer.shown, world.desktop.screen);
}

#[test]
fn view_is_asked_for_again_while_it_is_there_and_the_picture_goes_on() {
    let mut setup = Setup::new(61);
    setup.direct = Some(beside_testkit::Profile::lossy(0.2));
    let mut world = World::new(setup);
    world.start_session();
    world.run_for(Duration::from_secs(3));
    ask(&mut world, Right::View);
    for _ in 0..40 {
        world.change_screen();
        world.run_for(Duration::from_millis(50));
    }
    world.customer_does(CustomerAct::AnswerRequest { right: Right::View, allow: true });
    for _ in 0..40 {
        world.change_screen();
        world.run_for(Duration::from_millis(50));
    }
    world.run_for(Duration::from_secs(3));
    assert_eq!(world.viewer.shown, world.desktop.screen);
    assert_eq!(world.viewer.frames, world.desktop.frames, "nothing began anew");
}

#[test]
fn view_is_taken_back_in_the_middle_of_a_frame() {
    let mut setup = Setup::new(57);
    setup.relay.rate = 200_000;
    setup.frame_bytes = 400_000;
    let mut world = World::new(setup);
    world.start_session();
    world.change_screen();
    world.run_for(Duration::from_millis(700));
    world.customer_does(CustomerAct::TurnOff(Right::View));
    let shown = world.viewer.shown;
    world.change_screen();
    world.run_for(Duration::from_secs(10));
    assert_eq!(world.viewer.shown, shown);
    ask(&mut world, Right::View);
    world.customer_does(CustomerAct::AnswerRequest { right: Right::View, allow: true });
    world.run_for(Duration::from_secs(10));
    assert_eq!(world.viewer.shown, world.desktop.screen);
}

#[test]
fn held_input_is_dropped_and_both_sides_know_why() {
    let mut world = in_session(58);
    world.give_control();
    world.to_customer(CustomerInput::Desktop(DesktopInput::Hold(Some(InputHold::StopHidden))));
    world.operator_moves(1);
    world.run_for(SOON);
    assert!(world.desktop.injected.is_empty());
    assert_eq!(world.operator_state().held, Some(InputHold::StopHidden));
    assert!(world.has(Right::Control), "the right is still there");
    world.to_customer(CustomerInput::Desktop(DesktopInput::Hold(None)));
    world.run_for(SOON);
    world.operator_moves(2);
    world.run_for(SOON);
    assert_eq!(world.desktop.injected.len(), 1);
}

#[test]
fn stop_works_on_a_frozen_network() {
    let mut world = in_session(59);
    world.give_control();
    world.operator_moves(1);
    world.network.cut(PathKind::Relay);
    let switch = world.customer.stop_switch().unwrap();
    world.customer_does(CustomerAct::Stop);
    assert!(switch.is_pressed());
    assert_eq!(world.end(Peer::Customer), Some(End::new(Party::Customer, EndReason::Stopped)));
    world.network.mend(PathKind::Relay, world.now);
    world.run_for(SOON);
    assert!(world.desktop.injected.is_empty(), "not one act after Stop");
}

#[test]
fn what_was_permitted_and_not_yet_taken_is_withdrawn_by_stop() {
    let mut world = in_session(62);
    world.give_control();
    world.network.tap();
    world.network.tamper = Some(Box::new(|_, _, _| Fate::Drop));
    world.operator_moves(1);
    let record = world.network.untap().remove(0).bytes;
    let message = PathInput::Message { path: FIRST_RELAY, channel: Channel::Ordered, bytes: &record };
    world.customer.handle(CustomerInput::Path(message), world.now);
    world.customer.handle(CustomerInput::Act(CustomerAct::Stop), world.now);
    let outputs: Vec<_> = std::iter::from_fn(|| world.customer.poll_output()).collect();
    assert!(outputs.iter().any(|output| matches!(output, CustomerOutput::ReleaseAll)));
    assert!(!outputs.iter().any(|output| matches!(output, CustomerOutput::Inject { .. })));
}

#[test]
fn the_switch_of_another_thread_stops_before_the_session_hears_of_it() {
    let mut world = in_session(60);
    world.give_control();
    let switch = world.customer.stop_switch().unwrap();
    std::thread::spawn(move || switch.press()).join().unwrap();
    world.operator_moves(1);
    world.run_for(SOON);
    assert!(world.desktop.injected.is_empty());
    assert!(world.end(Peer::Customer).is_some(), "the session notices by itself");
}
