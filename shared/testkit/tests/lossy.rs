//! Lines that lose and reorder: the picture arrives whole and in order, control stays usable.

use std::time::Duration;

use beside_protocol::input::InputEvent;
use beside_protocol::path::PathKind;
use beside_session::CustomerAct;
use beside_testkit::{Peer, Profile, Setup, World};

fn on_a_line(seed: u64, profile: Profile) -> World {
    let mut world = World::new(Setup { direct: Some(profile), ..Setup::new(seed) });
    world.start_session();
    world.run_until("the direct path", Duration::from_secs(10), |world| world.path() == Some(PathKind::DirectUdp));
    world.run_for(Duration::from_secs(2));
    world
}

#[test]
fn every_frame_arrives_with_a_fifth_lost() {
    let mut world = on_a_line(70, Profile::lossy(0.2));
    let frames = world.desktop.frames;
    for _ in 0..200 {
        world.change_screen();
        world.run_for(Duration::from_millis(40));
    }
    world.run_for(Duration::from_secs(5));
    assert_eq!(world.viewer.shown, world.desktop.screen);
    assert_eq!(world.viewer.frames, world.desktop.frames, "no frame is dropped after encoding");
    assert!(world.desktop.frames - frames > 20, "{} frames in 8 s", world.desktop.frames - frames);
    assert!(world.path() == Some(PathKind::DirectUdp));
}

#[test]
fn a_third_lost_is_slow_but_holds() {
    let mut world = on_a_line(71, Profile::lossy(0.3));
    for _ in 0..600 {
        world.change_screen();
        world.run_for(Duration::from_millis(100));
    }
    world.run_for(Duration::from_secs(10));
    assert_eq!(world.viewer.shown, world.desktop.screen);
    assert_eq!(world.end(Peer::Customer), None);
}

#[test]
fn disorder_alone_repeats_little() {
    let profile = Profile { jitter: Duration::from_millis(20), ..Profile::good() };
    let mut world = on_a_line(72, profile);
    world.network.tap();
    let frames = world.desktop.frames;
    for _ in 0..100 {
        world.change_screen();
        world.run_for(Duration::from_millis(100));
    }
    assert_eq!(world.viewer.shown, world.desktop.screen);
    let sent = world.desktop.frames - frames;
    let tapped = world.network.untap();
    let pieces = tapped.iter().filter(|tap| tap.from == Peer::Customer && tap.bytes.get(1) == Some(&3)).count() as u64;
    // 50,000 bytes are four pieces on a line this fast.
    assert!(pieces <= sent * 5, "{pieces} pieces for {sent} frames");
}

#[test]
fn input_is_never_lost_or_out_of_order() {
    let mut world = on_a_line(73, Profile::lossy(0.2));
    world.give_control();
    for x in 0..500 {
        world.operator_moves(x);
        world.run_for(Duration::from_millis(10));
    }
    world.run_for(Duration::from_secs(2));
    let expected: Vec<_> = (0..500).map(|x| InputEvent::Move { x, y: 0 }).collect();
    assert_eq!(world.desktop.injected_events(), expected);
}

#[test]
fn a_viewer_that_falls_behind_is_at_most_two_frames_behind() {
    let mut world = on_a_line(74, Profile::good());
    world.viewer.asleep = true;
    let frames = world.desktop.frames;
    for _ in 0..50 {
        world.change_screen();
        world.run_for(Duration::from_millis(100));
    }
    assert!(world.desktop.frames <= frames + 2, "{} frames ahead", world.desktop.frames - frames);
    world.wake_viewer();
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.viewer.shown, world.desktop.screen, "and then it sees the newest");
}

#[test]
fn a_slow_line_behind_a_deep_buffer_is_not_taken_for_a_dead_one() {
    let mut setup = Setup::new(76);
    setup.relay = Profile { rate: 60_000, buffer: 4_000_000, ..Profile::good() };
    setup.frame_bytes = 600_000;
    let mut world = World::new(setup);
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let number = world.number_on_screen();
    world.compare();
    world.allow();
    world.run_for(Duration::from_secs(1));
    world.confirm(number.as_deref());
    for _ in 0..60 {
        world.run_for(Duration::from_secs(1));
        assert_eq!(world.operator_state().path, Some(PathKind::Relay));
        world.change_screen();
    }
    assert!(world.viewer.frames >= 4, "{} frames of 10 s each", world.viewer.frames);
}

#[test]
fn an_idle_session_is_nearly_silent() {
    let mut world = on_a_line(75, Profile::good());
    world.run_for(Duration::from_secs(5));
    world.network.tap();
    world.run_for(Duration::from_secs(60));
    let bytes: usize = world.network.untap().iter().map(|tap| tap.bytes.len()).sum();
    assert!(bytes * 8 / 60 < 1_000, "{} bit/s", bytes * 8 / 60);
}
