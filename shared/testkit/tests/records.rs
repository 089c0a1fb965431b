//! Somebody on the wire repeats, mixes up and forges records.

use std::time::Duration;

use beside_protocol::PathId;
use beside_protocol::path::PathKind;
use beside_session::{CustomerAct, FIRST_RELAY};
use beside_testkit::{Fate, Peer, Profile, Setup, World};

const SOON: Duration = Duration::from_secs(1);

fn in_control(setup: Setup) -> World {
    let mut world = World::new(setup);
    world.start_session();
    world.give_control();
    world
}

fn input_records(world: &mut World) -> Vec<Vec<u8>> {
    let tapped = world.network.untap();
    tapped
        .into_iter()
        .filter(|tap| tap.from == Peer::Operator && tap.bytes[..2] == [0x20, 1])
        .map(|tap| tap.bytes)
        .collect()
}

#[test]
fn a_repeated_record_has_no_effect() {
    let mut world = in_control(Setup::new(90));
    world.network.tamper = Some(Box::new(|_, _, _| Fate::Twice));
    for x in 0..50 {
        world.operator_moves(x);
        world.change_screen();
        world.run_for(Duration::from_millis(20));
    }
    world.network.tap();
    world.operator_moves(50);
    let old = input_records(&mut world);
    world.run_for(Duration::from_secs(30));
    for record in old {
        world.network.inject(Peer::Operator, FIRST_RELAY, record, world.now);
    }
    world.run_for(SOON);
    assert_eq!(world.desktop.injected.len(), 51);
    assert_eq!(world.viewer.shown, world.desktop.screen);
    assert_eq!(world.path(), Some(PathKind::Relay), "a repetition is no forgery");
}

/// What a forger makes of a record of lane 1, O to C.
fn forgeries(record: &[u8], other_session: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![other_session.to_vec(), vec![0x20; 14], b"hello".to_vec(), Vec::new()];
    for lane in [0, 2, 3, 4, 5, 6, 7] {
        let mut other_lane = record.to_vec();
        other_lane[1] = lane;
        all.push(other_lane);
    }
    for place in 1..record.len() {
        let mut altered = record.to_vec();
        altered[place] ^= 0x10;
        all.push(altered);
    }
    all
}

#[test]
fn a_forged_record_costs_its_path_and_nothing_else() {
    let mut other = in_control(Setup::new(91));
    other.network.tap();
    other.operator_moves(9);
    let foreign = input_records(&mut other).remove(0);

    let mut world = in_control(Setup::new(92));
    // The record that is next in order, which never arrived.
    world.network.tap();
    world.network.tamper = Some(Box::new(|_, _, _| Fate::Drop));
    world.operator_moves(9);
    let next = input_records(&mut world).remove(0);
    let count = forgeries(&next, &foreign).len();
    for which in 0..count {
        let mut world = in_control(Setup::new(92));
        world.network.tap();
        world.network.tamper = Some(Box::new(|_, _, _| Fate::Drop));
        world.operator_moves(9);
        let next = input_records(&mut world).remove(0);
        world.network.tamper = None;
        let forged = forgeries(&next, &foreign).remove(which);
        world.network.inject(Peer::Operator, FIRST_RELAY, forged.clone(), world.now);
        world.run_for(SOON);
        assert!(world.desktop.injected.is_empty(), "{forged:02x?}");
        assert_eq!(world.end(Peer::Customer), None, "{forged:02x?}");
    }
}

#[test]
fn a_record_sent_back_to_its_sender_costs_the_path() {
    let mut world = in_control(Setup::new(93));
    world.network.tap();
    world.change_screen();
    world.run_for(SOON);
    let tapped = world.network.untap();
    let own = tapped.into_iter().rev().find(|tap| tap.from == Peer::Customer && tap.bytes[..2] == [0x20, 3]).unwrap();
    world.network.inject(Peer::Operator, FIRST_RELAY, own.bytes, world.now);
    world.run_for(SOON);
    assert_eq!(world.path(), None);
}

#[test]
fn the_third_forgery_closes_the_rung_and_the_session_goes_on_over_another() {
    let mut world = in_control(Setup { direct: Some(Profile::good()), ..Setup::new(94) });
    let mut relay = FIRST_RELAY;
    for forgery in 1..=3 {
        world.network.inject(Peer::Operator, relay, vec![0x20; 60], world.now);
        world.run_for(SOON);
        assert!(world.network.wires_of(PathKind::Relay).is_empty(), "forgery {forgery} costs the path");
        world.restore_relay();
        world.run_for(SOON);
        relay = world.network.wires_of(PathKind::Relay).first().map_or(PathId(99), |ends| ends[1]);
    }
    assert!(world.network.wires_of(PathKind::Relay).is_empty(), "the relay is not taken back");
    assert_eq!(world.path(), Some(PathKind::DirectUdp));
    world.operator_moves(1);
    world.run_for(SOON);
    assert_eq!(world.desktop.injected.len(), 1);
}

#[test]
fn with_every_path_forged_the_session_ends_for_want_of_one() {
    let mut world = in_control(Setup::new(95));
    world.network.inject(Peer::Operator, FIRST_RELAY, vec![0x20; 60], world.now);
    world.run_for(Duration::from_secs(121));
    assert!(world.end(Peer::Customer).is_some() && world.end(Peer::Operator).is_some());
}

#[test]
fn random_bytes_never_pass_for_anything() {
    let mut world = in_control(Setup { direct: Some(Profile::good()), ..Setup::new(96) });
    let mut rng = beside_testkit::Seeded::new(96);
    for _ in 0..2_000 {
        let length = rng.below(80) as usize;
        let mut bytes: Vec<u8> = (0..length).map(|_| rng.next() as u8).collect();
        if let Some(first) = bytes.first_mut() {
            *first = [0x20, 0x11, 0x12, 0x13, 0x04][rng.below(5) as usize];
        }
        let from = if rng.below(2) == 0 { Peer::Customer } else { Peer::Operator };
        world.network.inject(from, FIRST_RELAY, bytes, world.now);
        world.run_for(Duration::from_millis(50));
    }
    assert!(world.desktop.injected.is_empty());
    assert_eq!(world.path(), Some(PathKind::DirectUdp));
    world.customer_does(CustomerAct::Stop);
}
