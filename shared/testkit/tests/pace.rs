//! The pace of the picture from end to end: a customer on a fast line, an operator on a slow one, and the broker's
//! queue of 1 MiB between them.

use std::time::Duration;

use beside_protocol::control::InputHold;
use beside_protocol::limits::RELAY_QUEUE_MAX;
use beside_protocol::{EndReason, Party};
use beside_session::{CustomerAct, CustomerInput, DesktopInput};
use beside_testkit::{Peer, Profile, Setup, World};

/// 100 Mbit/s and 5 ms to the broker.
const FAST: Profile = Profile { delay: Duration::from_millis(5), rate: 12_500_000, ..Profile::good() };

const fn slow(bits_per_second: u64) -> Profile {
    Profile { delay: Duration::from_millis(80), rate: bits_per_second / 8, ..Profile::good() }
}

/// A session whose very first picture is as big as this, just before that picture is sent.
fn before_the_first_picture(seed: u64, operator_line: Profile, frame_bytes: usize) -> World {
    let setup = Setup { relay: FAST, operator_line: Some(operator_line), frame_bytes, ..Setup::new(seed) };
    let mut world = World::new(setup);
    world.shake_hands();
    world.read();
    world.customer_does(CustomerAct::ContinueWho);
    let number = world.number_on_screen();
    world.compare();
    world.allow();
    world.run_for(Duration::from_secs(1));
    world.confirm(number.as_deref());
    world
}

/// Says something on the control lane and lets time pass until the operator's side knows it.
fn control_delay(world: &mut World) -> Duration {
    let why = if world.operator_state().held.is_some() { None } else { Some(InputHold::StopHidden) };
    let said = world.now;
    world.to_customer(CustomerInput::Desktop(DesktopInput::Hold(why)));
    world.run_until("the word arrives", Duration::from_secs(60), |world| world.operator_state().held == why);
    world.now - said
}

/// Fills a line of this many bits per second with pictures of 2 MB, the very first included. Returns the longest that
/// the customer's word took to the operator meanwhile.
fn slowest_word(seed: u64, bits_per_second: u64, pictures: u64) -> Duration {
    let mut world = before_the_first_picture(seed, slow(bits_per_second), 2_000_000);
    let began = world.now;
    let mut slowest = Duration::ZERO;
    while world.viewer.frames < pictures {
        world.change_screen();
        world.run_for(Duration::from_millis(170));
        slowest = slowest.max(control_delay(&mut world));
        assert_eq!(world.overruns, 0, "the broker dropped the operator {:?} after the beginning", world.now - began);
    }
    let deepest = world.network.deepest_queue(Peer::Operator);
    assert!(deepest < RELAY_QUEUE_MAX / 16, "{deepest} bytes waited at the broker");
    let used = world.viewer.bytes as f64 / (bits_per_second as f64 / 8.0 * (world.now - began).as_secs_f64());
    assert!(used > 0.9, "{used:.2} of the line was used");
    slowest
}

#[test]
fn one_megabit_is_used_and_the_customers_words_pass() {
    let slowest = slowest_word(150, 1_000_000, 4);
    assert!(slowest < Duration::from_millis(350), "{slowest:?}");
}

#[test]
fn three_hundred_kilobits_are_used_and_the_customers_words_pass() {
    let slowest = slowest_word(151, 300_000, 2);
    assert!(slowest < Duration::from_millis(700), "{slowest:?}");
}

#[test]
fn stop_reaches_the_operator_in_the_middle_of_a_big_picture() {
    for after in [100, 200, 400, 800, 3_000, 7_777] {
        let mut world = before_the_first_picture(152, slow(300_000), 2_000_000);
        world.run_for(Duration::from_millis(after));
        let pressed = world.now;
        world.customer_does(CustomerAct::Stop);
        world.run_until("the operator knows", Duration::from_secs(20), |world| world.end(Peer::Operator).is_some());
        let end = world.end(Peer::Operator).unwrap();
        assert_eq!((end.by, end.reason), (Party::Customer, EndReason::Stopped), "after {after} ms");
        assert!(world.now - pressed < Duration::from_millis(700), "{:?} after {after} ms", world.now - pressed);
    }
}

/// Bytes of the picture per second, in frames as heavy as they may be or as heavy as this.
fn throughput(setup: Setup, bytes: Option<usize>) -> f64 {
    let mut world = World::new(setup);
    world.start_session();
    let run = |world: &mut World, seconds| {
        let (began, before) = (world.now, world.viewer.bytes);
        while world.now - began < Duration::from_secs(seconds) {
            world.desktop.frame_bytes = bytes.unwrap_or(world.desktop.budget_bytes);
            world.change_screen();
            world.run_for(Duration::from_millis(1));
        }
        (world.viewer.bytes - before) as f64 / (world.now - began).as_secs_f64()
    };
    run(&mut world, 2);
    run(&mut world, 3)
}

/// 100 Mbit/s with a round trip of 100 ms.
const FAR: Profile = Profile { delay: Duration::from_millis(50), rate: 12_500_000, ..Profile::good() };

#[test]
fn a_fast_line_with_a_long_round_trip_is_not_held_back() {
    let relay = |seed| Setup { relay: FAR, ..Setup::new(seed) };
    let direct = |seed| Setup { direct: Some(FAR), ..Setup::new(seed) };
    // Two frames of 30 ms are under way at most, and a frame takes 130 ms: 5.8 MB/s.
    for setup in [relay(153), direct(154)] {
        let rate = throughput(setup, None);
        assert!(rate > 5_500_000.0, "{rate} bytes per second in frames of their budget");
    }
    // Heavier frames fill the line, or over the relay what the broker's queue could take in if the line stood still.
    let rate = throughput(relay(155), Some(1_000_000));
    assert!(rate > 7_000_000.0, "{rate} bytes per second over the relay");
    let rate = throughput(direct(156), Some(1_000_000));
    assert!(rate > 10_500_000.0, "{rate} bytes per second over the direct path");
}
