//! From the relay to the direct path and back, with frames and input under way.

use std::time::Duration;

use beside_protocol::input::InputEvent;
use beside_protocol::path::PathKind;
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, Party};
use beside_session::CustomerAct;
use beside_testkit::{Peer, Profile, Setup, World};

/// Big frames on a slow line: a switch always comes in the middle of one.
fn busy(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.frame_bytes = 300_000;
    setup.relay.rate = 1_000_000;
    setup.direct = Some(Profile { rate: 1_500_000, ..Profile::lossy(0.02) });
    World::new(setup)
}

/// Lets time pass with the screen and the pointer moving.
fn work(world: &mut World, x: &mut u16, millis: u64) {
    for _ in 0..millis / 20 {
        world.change_screen();
        world.operator_moves(*x);
        *x += 1;
        world.run_for(Duration::from_millis(20));
    }
}

#[test]
fn up_and_down_again_without_a_break() {
    let mut world = busy(80);
    world.start_session();
    world.give_control();
    let mut x = 0;
    assert_eq!(world.path(), Some(PathKind::DirectUdp));
    for _ in 0..6 {
        work(&mut world, &mut x, 600);
        let frames = world.viewer.frames;
        world.lose_direct();
        assert_eq!(world.path(), Some(PathKind::Relay), "at once");
        work(&mut world, &mut x, 1_000);
        assert!(world.viewer.frames > frames, "the picture went on over the relay");
        world.run_until("the direct path again", Duration::from_secs(65), |world| {
            world.path() == Some(PathKind::DirectUdp)
        });
    }
    world.run_for(Duration::from_secs(3));
    let expected: Vec<_> = (0..x).map(|x| InputEvent::Move { x, y: 0 }).collect();
    assert_eq!(world.desktop.injected_events(), expected, "no act lost, none twice, none out of order");
    assert_eq!(world.viewer.shown, world.desktop.screen);
    assert_eq!(world.viewer.frames, world.desktop.frames);
    let delay = |event: &SessionEvent| matches!(event, SessionEvent::Path { path: PathKind::DirectUdp, .. });
    assert!(world.reports.iter().filter(|(peer, event)| *peer == Peer::Operator && delay(event)).count() >= 6);
}

#[test]
fn a_direct_path_that_dies_in_silence_is_left_and_no_old_input_is_played_back() {
    let mut world = busy(81);
    world.start_session();
    world.give_control();
    let mut x = 0;
    work(&mut world, &mut x, 500);
    world.run_for(Duration::from_secs(1));
    let before = world.desktop.injected.len();
    world.network.cut(PathKind::DirectUdp);
    let cut = world.now;
    work(&mut world, &mut x, 500);
    world.run_until("the relay", Duration::from_secs(8), |world| world.path() == Some(PathKind::Relay));
    world.run_for(Duration::from_secs(2));
    let late = &world.desktop.injected[before..];
    let old = late
        .iter()
        .any(|(at, event)| matches!(event, InputEvent::Move { .. }) && *at > cut + Duration::from_millis(1_700));
    assert!(!old, "input of before the silence was played back after it: {late:?}");
    work(&mut world, &mut x, 500);
    world.run_for(Duration::from_secs(1));
    let last = InputEvent::Move { x: x - 1, y: 0 };
    assert_eq!(world.desktop.injected_events().last(), Some(&last), "and new input flows");
    assert_eq!(world.viewer.shown, world.desktop.screen);
}

#[test]
fn a_link_that_was_cut_comes_back_as_the_same_session() {
    for (seed, seconds, within) in [(82, 10, 3), (83, 60, 8)] {
        let mut world = World::new(Setup::new(seed));
        world.start_session();
        world.give_control();
        world.network.cut(PathKind::Relay);
        world.operator_moves(1);
        world.change_screen();
        world.run_for(Duration::from_secs(seconds));
        assert_eq!(world.path(), None);
        world.network.mend(PathKind::Relay, world.now);
        world.run_until("the same session", Duration::from_secs(within), |world| {
            world.path().is_some() && world.viewer.shown == world.desktop.screen
        });
        world.run_for(Duration::from_secs(1));
        world.operator_moves(2);
        world.run_for(Duration::from_secs(1));
        assert!(world.desktop.injected_events().contains(&InputEvent::Move { x: 2, y: 0 }));
    }
}

#[test]
fn the_last_word_is_heard_over_a_path_that_was_given_up() {
    let mut world = busy(84);
    world.start_session();
    world.give_control();
    assert_eq!(world.path(), Some(PathKind::DirectUdp));
    world.lose_relay();
    world.network.cut(PathKind::DirectUdp);
    world.run_until("the silence", Duration::from_secs(10), |world| world.path().is_none());
    world.network.mend(PathKind::DirectUdp, world.now);
    world.customer_does(CustomerAct::Stop);
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.end(Peer::Operator), Some(End::new(Party::Customer, EndReason::Stopped)));
}
